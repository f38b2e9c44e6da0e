import { join } from 'node:path';
import * as vscode from 'vscode';
import { configDirOf } from '../engine/contexts';
import { createContext, isContextName } from '../engine/contextStore';
import { addressProblem, type Endpoint, endpointAddress, parseEndpoint } from '../engine/endpoint';
import { type Command, type CommandInput, withCancellableProgress } from './command';

/** Asks for an engine on another machine, tries it, and stores it as one of Docker's own contexts. */
export function addRemoteEngine(input: CommandInput): Command {
  return async () => {
    const endpoint = await askForEndpoint();
    if (endpoint === undefined) { return; }
    const host = await tryOut(input, endpoint);
    const name = await askForName(host);
    if (name === undefined) { return; }
    await createContext(configDirOf(input.finderInput()), name, endpoint);
    // Shown at once, whether Docker's folder is watched or not.
    await input.engines.reconsider();
    const use = vscode.l10n.t('Use It in This Workspace');
    const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('The engine is stored as Docker\'s context "{0}"; the docker command knows it too.', name), use);
    if (chosen !== use) { return; }
    await input.rememberEngine({ kind: 'context', name });
    await input.engines.reconsider();
  };
}

async function askForEndpoint(): Promise<Endpoint | undefined> {
  const ways = [
    { label: 'ssh', description: vscode.l10n.t('with your ssh keys; nothing has to be set up on the other side'), scheme: 'ssh' as const },
    { label: 'TLS', description: vscode.l10n.t('with a client certificate; the daemon listens on a port'), scheme: 'tcp' as const },
  ];
  const way = await vscode.window.showQuickPick(ways, { title: vscode.l10n.t('Add a remote engine'), placeHolder: vscode.l10n.t('How is it reached?') });
  if (way === undefined) { return undefined; }
  const address = await vscode.window.showInputBox({
    title: vscode.l10n.t('Add a remote engine'), ignoreFocusOut: true,
    placeHolder: way.scheme === 'ssh' ? 'user@host' : 'host:2376',
    validateInput: (text) => addressProblem(withScheme(text, way.scheme)),
  });
  if (address === undefined) { return undefined; }
  if (way.scheme === 'ssh') { return parseEndpoint(withScheme(address, 'ssh')); }
  const [folder] = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('The folder with ca.pem, cert.pem and key.pem'), canSelectFiles: false, canSelectFolders: true,
  }) ?? [];
  if (folder === undefined) { return undefined; }
  const file = (name: string): string => join(folder.fsPath, name);
  return parseEndpoint(withScheme(address, 'tcp'), { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') });
}

/** Connects once. Returns the machine's name; throws why it does not work. */
function tryOut({ connect }: CommandInput, endpoint: Endpoint): Thenable<string> {
  return withCancellableProgress(vscode.l10n.t('Trying {0}', endpointAddress(endpoint)), async (_report, signal) => {
    const engine = await connect(endpoint, signal, true);
    try {
      await engine.negotiate(signal);
      return (await engine.facts(signal)).name;
    } finally {
      engine.dispose();
    }
  });
}

function askForName(host: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('It works. What should it be called?'), value: host.replace(/[^a-zA-Z0-9_.+-]/g, '-'), ignoreFocusOut: true,
    validateInput: (name) => isContextName(name) ? undefined : vscode.l10n.t('Letters, digits and _ . + - only, at least two, a letter or digit first.'),
  });
}

function withScheme(text: string, scheme: 'ssh' | 'tcp'): string {
  return text.includes('://') ? text : `${scheme}://${text.trim()}`;
}
