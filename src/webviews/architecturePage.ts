import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable';
import { messageOf } from '../base/errors';
import type { Log } from '../base/log';
import { typedLines } from '../base/typedLine';
import type { EngineCounts } from '../engine/anatomy';
import type { Engines, KnownEngine } from '../engine/engines';
import type { RecordedEvent, RecordedRequest } from '../engine/recorder';
import { asCurl, asDockerCommand } from '../engine/requestWords';
import { readArchitecturePage, type ToArchitecturePage } from './architectureProtocol';
import { partsPassed, showEngine } from './architectureWords';
import { Page } from './page';
import type { Heard, PageKey } from './pageMessages';

/** What comes within this time is shown at once, in milliseconds. */
const togetherMillis = 150;
/** At most so often an engine is counted anew, in milliseconds. */
const countMillis = 1_000;
/** After these events a count may be another. */
const counted: ReadonlySet<string> = new Set(['container', 'image', 'network', 'volume']);

/** The page that shows the architecture of each engine, alive: what it is made of, and what passes through it. */
export class ArchitecturePage implements vscode.Disposable {
  private page: Page<ToArchitecturePage, Heard<typeof readArchitecturePage>> | undefined;
  private parts = new DisposableStore();
  private readonly heard = new Set<string>();
  private readonly counts = new Map<string, EngineCounts>();
  private readonly counting = new Map<string, NodeJS.Timeout>();
  private pending: NodeJS.Timeout | undefined;
  /** What lights up with the next message, by engine. */
  private readonly passed = new Map<string, Set<string>>();

  constructor(private readonly engines: Engines, private readonly extensionUri: vscode.Uri, private readonly log: Log) { }

  /** Opens the page, or brings it to the front. */
  open(): void {
    if (this.page !== undefined) {
      this.page.reveal();
      return;
    }
    this.page = new Page({
      name: 'architecture', title: vscode.l10n.t('Docker\'s Architecture, Live'), column: vscode.ViewColumn.Active, extensionUri: this.extensionUri, log: this.log,
      read: readArchitecturePage, onMessage: (message) => this.act(message), onVisible: (visible) => { if (!visible) { this.rest(); } },
      onClose: () => {
        this.rest();
        this.page = undefined;
      },
    });
  }

  dispose(): void {
    this.rest();
    this.page?.dispose();
  }

  private act(message: Heard<typeof readArchitecturePage>): void {
    if (message.type === 'ready') {
      this.watch();
      return;
    }
    const engine = message.engine.among(this.engines.all, (known) => known.key);
    if (engine === undefined) { return; }
    if (message.type === 'export') { void vscode.commands.executeCommand('helloContainers.saveFlightRecord', { engineKey: engine.key }); } else { void copyWords(engine, message.number, message.as); }
  }

  /** Listens while the page is seen. */
  private watch(): void {
    this.rest();
    this.parts.add(this.engines.onDidChangeEngines(() => this.listen()));
    this.parts.add(this.engines.onDidChangeState((engine) => {
      if (engine.connection.state.kind === 'connected') { this.countSoon(engine); } else { this.counts.delete(engine.key); }
      this.showSoon();
    }));
    this.listen();
    for (const engine of this.engines.all) { if (engine.connection.state.kind === 'connected') { void this.count(engine); } }
  }

  private listen(): void {
    for (const engine of this.engines.all) {
      if (this.heard.has(engine.key)) { continue; }
      this.heard.add(engine.key);
      this.parts.add(engine.recorder.onDidRecord((record) => this.take(engine, record)));
    }
    this.showSoon();
  }

  private take(engine: KnownEngine, record: RecordedRequest | RecordedEvent): void {
    const passed = this.passed.get(engine.key) ?? new Set();
    for (const part of partsPassed(record)) { passed.add(part); }
    this.passed.set(engine.key, passed);
    if ('event' in record && counted.has(record.event.type)) { this.countSoon(engine); }
    this.showSoon();
  }

  private rest(): void {
    this.parts.dispose();
    this.parts = new DisposableStore();
    this.heard.clear();
    for (const timer of this.counting.values()) { clearTimeout(timer); }
    this.counting.clear();
    clearTimeout(this.pending);
    this.pending = undefined;
    this.passed.clear();
  }

  private countSoon(engine: KnownEngine): void {
    if (!this.counting.has(engine.key)) { this.counting.set(engine.key, setTimeout(() => void this.count(engine), countMillis)); }
  }

  private async count(engine: KnownEngine): Promise<void> {
    this.counting.delete(engine.key);
    const { state } = engine.connection;
    if (state.kind !== 'connected') { return; }
    try {
      this.counts.set(engine.key, await state.engine.counts());
    } catch (error) {
      // A lost connection tells of itself.
      this.log.debug(`counts of ${engine.key}: ${messageOf(error)}`);
    }
    this.showSoon();
  }

  private showSoon(): void {
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      for (const [engine, parts] of this.passed) { this.page?.post({ type: 'pulse', engine, parts: [...parts] }); }
      this.passed.clear();
      const { all, used } = this.engines;
      this.page?.post({ type: 'engines', engines: all.map((engine) => showEngine(engine, engine === used, this.counts.get(engine.key))), l10n: vscode.l10n.bundle });
    }, togetherMillis);
  }
}

async function copyWords({ recorder, connection: { state } }: KnownEngine, number: PageKey, as: 'command' | 'curl'): Promise<void> {
  const request = number.among(recorder.requests, (recorded) => String(recorded.number));
  if (request === undefined || state.kind !== 'connected') { return; }
  const text = as === 'command' ? asDockerCommand(request) : asCurl(request, state.candidate.endpoint);
  if (text !== undefined) { await vscode.env.clipboard.writeText(typedLines([text]).join('\n')); }
}
