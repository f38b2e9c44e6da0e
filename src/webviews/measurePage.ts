import * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import { isAbort, messageOf } from '../base/errors';
import type { Log } from '../base/log';
import type { Engines } from '../engine/engines';
import { findSmallImage } from '../engine/smallImage';
import { measure } from '../lesson/measure';
import type { Measured } from '../lesson/measured';
import { readMeasurePage, type ToMeasurePage } from './measureProtocol';
import { Page } from './page';
import type { Heard } from './pageMessages';

export interface MeasurePageInput {
  engines: Engines;
  clock: Clock;
  log: Log;
  extensionUri: vscode.Uri;
  /** Keeps in mind that an engine did not have the image, and has it now. */
  notePulled(engineId: string, image: string): Promise<void>;
}

/** The page that measures what containers take on the engine that is used, beside what virtual machines take. */
export class MeasurePage implements vscode.Disposable {
  private page: Page<ToMeasurePage, Heard<typeof readMeasurePage>> | undefined;
  private measured: Measured | null = null;
  private working: { text: string; cancel: AbortController } | undefined;
  private problem: string | null = null;
  private engine = '';

  constructor(private readonly input: MeasurePageInput) { }

  /** Opens the page, or brings it to the front. */
  open(): void {
    if (this.page !== undefined) {
      this.page.reveal();
      return;
    }
    const { extensionUri, log } = this.input;
    this.page = new Page({
      name: 'measure', title: vscode.l10n.t('Containers Beside Virtual Machines'), column: vscode.ViewColumn.Active, extensionUri, log,
      read: readMeasurePage, onMessage: (message) => this.act(message), onVisible: () => { },
      onClose: () => {
        this.working?.cancel.abort();
        this.page = undefined;
      },
    });
  }

  dispose(): void {
    this.working?.cancel.abort();
    this.page?.dispose();
  }

  private act({ type }: Heard<typeof readMeasurePage>): void {
    switch (type) {
      case 'ready': this.show(); break;
      case 'measure': if (this.working === undefined) { void this.measure(); } break;
      case 'cancel': this.working?.cancel.abort(); break;
    }
  }

  private async measure(): Promise<void> {
    const { engines, clock, log, notePulled } = this.input;
    const cancel = new AbortController();
    const { signal } = cancel;
    const working = this.working = { text: vscode.l10n.t('Connecting to the engine'), cancel };
    const say = (text: string): void => {
      working.text = text;
      this.show();
    };
    this.problem = null;
    this.show();
    try {
      const { connection, name } = await engines.usedEngine();
      const engine = await connection.engine(signal);
      this.engine = name;
      const image = await findSmallImage({
        engine, signal, onPull: ({ layersDone, layers }) => say(vscode.l10n.t('Pulling a small image: {0} of {1} layers', layersDone, layers)),
        onPulled: async (pulled) => notePulled((await engine.facts()).id, pulled),
      });
      this.measured = await measure({ engine, image, clock, signal, onRun: (run, of) => say(vscode.l10n.t('Start {0} of {1}', run, of)) });
    } catch (error) {
      if (!isAbort(error)) {
        log.warn(`measuring: ${messageOf(error)}`);
        this.problem = messageOf(error);
      }
    } finally {
      this.working = undefined;
      this.show();
    }
  }

  private show(): void {
    this.page?.post({ type: 'measured', engine: this.engine, measured: this.measured, working: this.working?.text ?? null, problem: this.problem, l10n: vscode.l10n.bundle });
  }
}
