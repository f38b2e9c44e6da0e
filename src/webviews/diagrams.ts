import type * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { ProcessHost } from '../cgroup/host';
import type { Engines } from '../engine/engines';
import type { Runs } from '../lesson/runs';
import { ArchitecturePage } from './architecturePage';
import type { HelperAccess } from './helperAccess';
import { MeasurePage } from './measurePage';
import { OverviewPage } from './overviewPage';
import { RunPage } from './runPage';
import { XrayPages } from './xrayPages';

export interface DiagramsInput {
  engines: Engines;
  runs: Runs;
  helpers: HelperAccess;
  /** This machine. */
  host: ProcessHost;
  clock: Clock;
  log: Log;
  extensionUri: vscode.Uri;
  /** Keeps in mind that an image was pulled because an engine did not have it. */
  notePulled(engineId: string, image: string): Promise<void>;
}

/** The pages whose diagrams live, the X-ray, and the overview. */
export class Diagrams {
  private readonly run: RunPage;
  private readonly architecture: ArchitecturePage;
  private readonly measure: MeasurePage;
  private readonly xrays: XrayPages;
  private readonly overview: OverviewPage;

  constructor(input: DiagramsInput) {
    const { engines, runs, log, extensionUri } = input;
    this.run = new RunPage(runs, extensionUri, log);
    this.architecture = new ArchitecturePage(engines, extensionUri, log);
    this.measure = new MeasurePage(input);
    this.xrays = new XrayPages(input);
    this.overview = new OverviewPage(input);
  }

  openRun(): void { this.run.open(); }
  openArchitecture(): void { this.architecture.open(); }
  openMeasure(): void { this.measure.open(); }
  openXray(containerId: string): void { this.xrays.open(containerId); }
  openOverview(): void { this.overview.open(); }

  dispose(): void {
    for (const page of [this.run, this.architecture, this.measure, this.xrays, this.overview]) { page.dispose(); }
  }
}
