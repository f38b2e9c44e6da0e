import { isIP } from 'node:net';
import * as vscode from 'vscode';
import { type Endpoint, endpointAddress } from '../engine/endpoint';
import { EngineUnreachable } from '../engine/errors';

const permittedKey = 'permittedPlainTcp';

/** Asks once for each address before an engine is reached over tcp without encryption, unless it is on this machine. */
export class PlainTcpConsent {
  /** Not asked again by itself: the connection is tried every few seconds. */
  private readonly refused = new Set<string>();

  constructor(private readonly memory: vscode.Memento) { }

  /**
   * @param mayAsk only of the engine that is used, or that the user named
   * @throws EngineUnreachable when the user says no
   */
  async check(endpoint: Endpoint, mayAsk: boolean): Promise<void> {
    if (endpoint.kind !== 'tcp' || isLoopback(endpoint.host)) { return; }
    const address = endpointAddress(endpoint);
    const permitted = this.memory.get<string[]>(permittedKey, []);
    if (permitted.includes(address)) { return; }
    if (!mayAsk) { throw new EngineUnreachable(endpoint, 'notPermitted', vscode.l10n.t('{0} is not encrypted, so it is not connected to by itself. Try again to be asked.', address)); }
    const connect = vscode.l10n.t('Connect Anyway');
    const chosen = this.refused.has(address) ? undefined : await vscode.window.showWarningMessage(vscode.l10n.t('Connect to {0} without encryption?', address), {
      modal: true,
      detail: vscode.l10n.t('Nothing on this connection is encrypted and nobody is asked who they are: whoever can reach that address on the network is root on the engine\'s machine. Better: ssh://user@host, or TLS.'),
    }, connect);
    if (chosen !== connect) {
      this.refused.add(address);
      throw new EngineUnreachable(endpoint, 'notPermitted', vscode.l10n.t('{0} is not encrypted, and you did not permit it. Use ssh:// or TLS; to be asked again, reload the window.', address));
    }
    await this.memory.update(permittedKey, [...permitted, address]);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
