import { isIP } from 'node:net';
import * as vscode from 'vscode';
import { HumanError } from '../base/errors';
import { plainText } from '../base/plainText';
import { isRunning } from '../engine/containers';
import type { Endpoint } from '../engine/endpoint';
import type { PublishedPort } from '../engine/engine';
import type { Command, CommandInput, ContainerTarget } from './command';
import { pickContainer } from './pickContainer';

/** Ports that speak HTTPS by convention. */
const securePorts = [443, 8443];

/** The container publishes nothing that a browser could open. */
class NoPort extends HumanError {
  constructor(name: string) {
    super(vscode.l10n.t('{0} publishes no TCP port. Its image may listen on one: "docker run --publish 8080:80 …" makes port 80 reachable at 8080.', name));
  }
}

/** Opens a published port in the browser. Where VS Code's window is on another machine than the engine, VS Code forwards it. */
export function openPort(input: CommandInput): Command {
  return async (target?: ContainerTarget) => {
    const picked = await pickContainer(input, target, vscode.l10n.t('Whose port do you want to open?'), (container) => isRunning(container) && portsOf(container.ports).length > 0, vscode.l10n.t('No running container publishes a port.'));
    if (picked === undefined) { return; }
    const { container, engine } = picked;
    const port = await choosePort(container.name, portsOf(container.ports));
    if (port?.hostPort === undefined) { return; }
    const scheme = securePorts.includes(port.containerPort) ? 'https' : 'http';
    const uri = vscode.Uri.parse(`${scheme}://${hostOf(engine.endpoint, port)}:${port.hostPort}/`, true);
    await vscode.env.openExternal(await vscode.env.asExternalUri(uri));
  };
}

/** What is bound for IPv4 and IPv6 alike is one. */
function portsOf(ports: readonly PublishedPort[]): PublishedPort[] {
  const open = ports.filter(({ hostPort, protocol }) => hostPort !== undefined && protocol === 'tcp');
  return open.filter(({ hostPort, containerPort }, index) => open.findIndex((other) => other.hostPort === hostPort && other.containerPort === containerPort) === index);
}

async function choosePort(name: string, ports: readonly PublishedPort[]): Promise<PublishedPort | undefined> {
  const [only] = ports;
  if (only === undefined) { throw new NoPort(name); }
  if (ports.length === 1) { return only; }
  const chosen = await vscode.window.showQuickPick(ports.map((port) => ({ label: String(port.hostPort), description: vscode.l10n.t('port {0} in the container', port.containerPort), port })), { title: vscode.l10n.t('Open a port of {0}', plainText(name)) });
  return chosen?.port;
}

/** Where the engine's machine is, seen from ours. */
function hostOf(endpoint: Endpoint, { hostIp = '' }: PublishedPort): string {
  switch (endpoint.kind) {
    case 'tcp':
    case 'tls':
    case 'ssh': return bracketed(endpoint.host);
    // On this machine: a port that is bound to one of its addresses answers there alone. What is no address would lead anywhere.
    case 'unix':
    case 'npipe': return isIP(hostIp) === 0 || ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(hostIp) ? 'localhost' : bracketed(hostIp);
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
