import { array, count, object, string, stringMap, strings } from '../wire';
import type { ServiceSpec, SwarmMembership, SwarmNode, SwarmService, SwarmTask } from './swarm';

/* A swarm's JSON to our types and back. A field of the wrong type reads as if it were not there. */

/** From the answer to /info; undefined for an engine in no swarm. */
export function toMembership(value: unknown): SwarmMembership | undefined {
  const swarm = object(value);
  const state = string(swarm.LocalNodeState);
  if (state === '' || state === 'inactive') { return undefined; }
  return {
    state, nodeId: string(swarm.NodeID), address: string(swarm.NodeAddr), isManager: swarm.ControlAvailable === true, error: string(swarm.Error),
    managerAddresses: strings(array(swarm.RemoteManagers).map((manager) => object(manager).Addr)),
  };
}

export function toNode(value: unknown): SwarmNode {
  const json = object(value);
  const [spec, status, manager] = [object(json.Spec), object(json.Status), object(json.ManagerStatus)];
  const availability = string(spec.Availability);
  return {
    id: string(json.ID), hostname: string(object(json.Description).Hostname),
    role: spec.Role === 'manager' ? 'manager' : 'worker', isLeader: manager.Leader === true,
    availability: availability === 'drain' || availability === 'pause' ? availability : 'active',
    state: string(status.State) || 'unknown', message: string(status.Message), address: string(status.Addr),
  };
}

export function toService(value: unknown): SwarmService {
  const json = object(value);
  const [spec, update] = [object(json.Spec), object(json.UpdateStatus)];
  const [template, mode] = [object(spec.TaskTemplate), object(spec.Mode)];
  const container = object(template.ContainerSpec);
  return {
    id: string(json.ID), name: string(spec.Name), labels: stringMap(spec.Labels),
    // With the digest that Docker pinned it by nobody would know it again.
    image: string(container.Image).replace(/@sha256:.*$/, ''),
    replicas: mode.Replicated === undefined ? undefined : count(object(mode.Replicated).Replicas),
    nanoCpus: nanoCpusOf(template), update: { state: string(update.State), message: string(update.Message) }, tty: container.TTY === true,
  };
}

export function toTask(value: unknown): SwarmTask {
  const json = object(value);
  const status = object(json.Status);
  const container = object(status.ContainerStatus);
  return {
    id: string(json.ID), serviceId: string(json.ServiceID), nodeId: string(json.NodeID), slot: count(json.Slot),
    state: string(status.State), desiredState: string(json.DesiredState), stateSince: millis(status.Timestamp), createdAt: millis(json.CreatedAt),
    error: string(status.Err), containerId: string(container.ContainerID), exitCode: count(container.ExitCode), nanoCpus: nanoCpusOf(object(json.Spec)),
  };
}

export function nanoCpusOf(template: unknown): number {
  return count(object(object(object(template).Resources).Limits).NanoCPUs);
}

/** A service's spec with another limit, and all else as it was. */
export function withNanoCpus(specValue: unknown, nanoCpus: number): unknown {
  const spec = object(specValue);
  const template = object(spec.TaskTemplate);
  const resources = object(template.Resources);
  return { ...spec, TaskTemplate: { ...template, Resources: { ...resources, Limits: { ...object(resources.Limits), NanoCPUs: nanoCpus } } } };
}

export function fromServiceSpec({ name, image, command, replicas, labels }: ServiceSpec): unknown {
  return {
    Name: name, Labels: labels,
    TaskTemplate: { ContainerSpec: { Image: image, Command: command, Labels: labels } },
    Mode: { Replicated: { Replicas: replicas } },
  };
}

function millis(value: unknown): number {
  const parsed = Date.parse(string(value));
  return Number.isFinite(parsed) ? parsed : 0;
}
