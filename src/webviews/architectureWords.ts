import * as vscode from 'vscode';
import { messageOf } from '../base/errors';
import { plainText } from '../base/plainText';
import type { EngineCounts } from '../engine/anatomy';
import { type Endpoint, endpointAddress } from '../engine/endpoint';
import type { KnownEngine } from '../engine/engines';
import type { RecordedEvent, RecordedRequest } from '../engine/recorder';
import { asCurl, asDockerCommand } from '../engine/requestWords';
import type { ArchitectureBox, ShownBox, ShownEngine, ShownTraffic } from './architectureProtocol';

/** Requests and events that the page lists. */
const mostTraffic = 60;
/** Characters of an address that have room beside its wire. */
const longestAddress = 28;

/** An engine as the page shows it. */
export function showEngine(engine: KnownEngine, used: boolean, counts: EngineCounts | undefined): ShownEngine {
  const { state } = engine.connection;
  const endpoint = state.kind === 'connected' ? state.candidate.endpoint : undefined;
  return { key: engine.key, name: plainText(engine.name), used, connected: endpoint !== undefined, wire: endpoint === undefined ? '' : wireName(endpoint), address: endpoint === undefined ? '' : shortAddress(endpoint), boxes: boxesOf(engine, endpoint, counts), traffic: trafficOf(engine, endpoint) };
}

/** Which parts of the picture a request or an event passes through. */
export function partsPassed(record: RecordedRequest | RecordedEvent): string[] {
  if (!('event' in record)) { return record.path.startsWith('/images/create') ? ['wire-client-daemon', 'wire-registry-daemon', 'box-registry'] : ['wire-client-daemon']; }
  const { type, action } = record.event;
  const parts = ['wire-client-daemon'];
  switch (type) {
    case 'container': return [...parts, ...(action === 'create' ? ['wire-images-containers'] : ['wire-daemon-containers']), 'box-containers'];
    case 'image': return [...parts, ...(action === 'pull' ? ['wire-registry-daemon'] : action === 'push' ? ['wire-daemon-registry'] : ['wire-daemon-images']), 'box-images'];
    default: return [...parts, 'box-daemon'];
  }
}

function boxesOf({ connection: { state }, facts }: KnownEngine, endpoint: Endpoint | undefined, counts: EngineCounts | undefined): Record<ArchitectureBox, ShownBox> {
  const isPodman = facts?.components.some(({ name }) => name === 'Podman Engine') ?? false;
  const versions = facts === undefined ? [] : [vscode.l10n.t('GET /version: {0}, API {1}', facts.version, facts.apiVersion), ...facts.components.map(({ name, version }) => `${name} ${version}`)];
  const failed = state.kind === 'failed' || state.kind === 'connecting' ? state.attempts.map(({ error }) => messageOf(error)) : [];
  const counted = counts === undefined ? [] : [vscode.l10n.t('GET /info, /networks and /volumes say so.')];
  return {
    client: {
      line: vscode.l10n.t('this extension'),
      explanation: vscode.l10n.t('The client only asks: it sends HTTP requests and shows the answers. The docker command is one, this extension another.'),
      evidence: endpoint === undefined ? failed : [vscode.l10n.t('It speaks to {0}: {1}', endpointAddress(endpoint), wireName(endpoint)), ...(state.kind === 'connected' ? [vscode.l10n.t('Found by: {0}', state.candidate.reason)] : [])],
    },
    daemon: {
      line: facts === undefined ? null : isPodman ? vscode.l10n.t('Podman {0} answers in its place', facts.version) : vscode.l10n.t('version {0}', facts.version),
      explanation: vscode.l10n.t('The daemon does the work: it keeps images, containers, networks and volumes, and has containerd and runc start processes.'),
      evidence: [...versions, ...(counts === undefined ? [] : [vscode.l10n.t('Networks: {0}, volumes: {1}', counts.networks, counts.volumes)])],
    },
    registry: {
      line: null,
      explanation: vscode.l10n.t('A registry keeps images for everybody. Only the daemon speaks to it, and only for a pull or a push.'),
      evidence: [vscode.l10n.t('Lights up when an image is pulled or pushed.')],
    },
    images: {
      line: counts === undefined ? null : vscode.l10n.t('{0} of them', counts.images),
      explanation: vscode.l10n.t('An image is a program with all the files that it needs, in read-only layers.'),
      evidence: counted,
    },
    containers: {
      line: counts === undefined ? null : vscode.l10n.t('{0}, running: {1}', counts.containers, counts.running),
      explanation: vscode.l10n.t('A container is an instance of an image: a writable layer on top of it, and while it runs a process.'),
      evidence: counted,
    },
    host: {
      line: null,
      explanation: vscode.l10n.t('The Docker host is the machine with the daemon. Its one kernel runs all containers.'),
      evidence: facts === undefined ? [] : [vscode.l10n.t('{0}, kernel {1}, {2}, CPUs: {3}', facts.operatingSystem, facts.kernelVersion, facts.architecture, facts.cpus), vscode.l10n.t('cgroup v{0}, driver {1}; storage driver {2}', facts.cgroupVersion, facts.cgroupDriver, facts.storageDriver)],
    },
  };
}

/** What is between client and daemon. */
function wireName(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'unix': return vscode.l10n.t('HTTP over a unix socket');
    case 'npipe': return vscode.l10n.t('HTTP over a named pipe');
    case 'tcp': return vscode.l10n.t('HTTP over TCP, not encrypted');
    case 'tls': return vscode.l10n.t('HTTP over TLS');
    case 'ssh': return vscode.l10n.t('HTTP through SSH to its unix socket');
  }
}

/** Its end says more than its beginning. */
function shortAddress(endpoint: Endpoint): string {
  const address = plainText(endpointAddress(endpoint));
  return address.length > longestAddress ? `…${address.slice(1 - longestAddress)}` : address;
}

function trafficOf({ recorder }: KnownEngine, endpoint: Endpoint | undefined): ShownTraffic[] {
  // Each ring is in order; only their newest can be among the newest of both.
  return [...recorder.requests.slice(-mostTraffic).map((request) => showRequest(request, endpoint)), ...recorder.events.slice(-mostTraffic).map(showEvent)]
    .sort((a, b) => b.number - a.number).slice(0, mostTraffic);
}

function showRequest(request: RecordedRequest, endpoint: Endpoint | undefined): ShownTraffic {
  const { number, method, path, at, status, endedAfter, sentBytes, receivedBytes, body, failure } = request;
  return {
    number, kind: 'request', at, what: plainText(`${method} ${path}`, 1_000), millis: endedAfter ?? null, bytes: sentBytes + receivedBytes,
    outcome: failure !== undefined ? vscode.l10n.t('broke off: {0}', plainText(failure)) : status === undefined ? vscode.l10n.t('under way') : endedAfter === undefined ? vscode.l10n.t('{0}, still flows', status) : String(status),
    body: body === undefined ? null : JSON.stringify(body, undefined, 2),
    command: asDockerCommand(request) ?? null, curl: endpoint === undefined ? null : asCurl(request, endpoint),
  };
}

function showEvent({ number, at, event: { type, action, id, attributes } }: RecordedEvent): ShownTraffic {
  return {
    number, kind: 'event', at, what: plainText(`${type} ${action} ${attributes.name ?? id.slice(0, 12)}`, 300), millis: null, bytes: 0, body: null, command: null, curl: null,
    outcome: attributes.exitCode === undefined ? '' : vscode.l10n.t('exit code {0}', plainText(attributes.exitCode)),
  };
}
