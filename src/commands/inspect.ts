import * as vscode from 'vscode';
import { plainText } from '../base/plainText';
import type { InspectKind } from '../engine/engine';
import type { Engines } from '../engine/engines';
import { type Command, type CommandInput, type ContainerTarget, engineFor, type EngineTarget } from './command';
import { anyContainer, pickContainers } from './pickContainer';

const scheme = 'hello-containers-inspect';

/** What is inspected: in the document's address, so that one that VS Code opens again at its next start is read anew. */
interface Inspected {
  engineKey: string;
  kind: InspectKind;
  reference: string;
}

/** The documents of what is inspected: the engine's own JSON, read when a document is opened. */
export class InspectDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  /** Read for a document that is about to open. */
  private readonly read = new Map<string, string>();
  private readonly registration: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor(private readonly engines: Engines) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const key = uri.toString();
    const text = this.read.get(key) ?? await this.textOf(JSON.parse(uri.query) as Inspected);
    this.read.delete(key);
    return text;
  }

  /** Opens what the engine says of an object now. */
  async show(inspected: Inspected, name: string): Promise<void> {
    // A name may hold anything; the address is for reading.
    const uri = vscode.Uri.from({ scheme, path: `/${plainText(name).replace(/[^\w.-]+/g, '_')}.json`, query: JSON.stringify(inspected) });
    // Before anything opens: a failure is told in the engine's own words.
    this.read.set(uri.toString(), await this.textOf(inspected));
    // One that is open already shows what was read now.
    if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) { this.changed.fire(uri); }
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'json');
    await vscode.window.showTextDocument(document, { preview: true });
  }

  private async textOf({ engineKey, kind, reference }: Inspected): Promise<string> {
    const known = this.engines.get(engineKey) ?? await this.engines.usedEngine();
    const engine = await known.connection.engine();
    return `${JSON.stringify(await engine.inspectRaw(kind, reference), undefined, 2)}\n`;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

/** Shows containers as the engine's own JSON. */
export function inspectContainer(input: CommandInput): Command {
  return async (target?: ContainerTarget, selection?: unknown) => {
    const picked = await pickContainers(input, target, selection, anyContainer(vscode.l10n.t('Which container do you want to inspect?')));
    for (const { container: { id, name } } of picked) {
      const engineKey = input.engines.ownerOf(id)?.engine.key ?? '';
      await input.inspectDocuments.show({ engineKey, kind: 'container', reference: id }, name);
    }
  };
}

/** Shows an image, a volume or a network as the engine's own JSON. */
export function inspectObject(input: CommandInput): Command {
  return async (target?: EngineTarget & { kind?: InspectKind; reference?: string; name?: string }) => {
    if (target?.kind === undefined || target.reference === undefined) { return; }
    const { key } = await engineFor(input, target);
    await input.inspectDocuments.show({ engineKey: key, kind: target.kind, reference: target.reference }, target.name ?? target.reference);
  };
}
