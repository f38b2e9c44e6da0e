import type * as vscode from 'vscode';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { WritableCgroupHost } from '../cgroup/host';
import type { Engines } from '../engine/engines';
import type { LessonProgress } from '../lesson/progress';
import { CgroupPages } from './cgroupPages';
import { EngineLeft } from './engineLeft';
import { EngineRecord, windowName } from './engineRecord';
import { Exercise } from './exercise';
import { findExerciseImage } from './exerciseImage';
import { ownRecord, takeAwayLeft } from './exerciseLeft';
import { ExercisePages } from './exercisePages';
import { HelperAccess } from './helperAccess';
import { ProcessPages } from './processPages';

export interface ByHandInput {
  context: Pick<vscode.ExtensionContext, 'extensionUri' | 'globalState' | 'globalStorageUri'>;
  /** This machine. */
  host: WritableCgroupHost;
  engines: Engines;
  progress: LessonProgress;
  clock: Clock;
  log: Log;
  /** The text of the lesson's program. */
  readProgram(): Promise<string>;
  /** Keeps in mind that an image was pulled because an engine did not have it. */
  notePulled(engineId: string, image: string): Promise<void>;
}

/** What is done with control groups by hand: the exercise, its pages, and those that show a process's groups. */
export class ByHand {
  readonly exercise: Exercise;
  readonly pages: ExercisePages;
  readonly cgroups: CgroupPages;
  readonly helpers: HelperAccess;
  private readonly parts: readonly { dispose(): unknown }[];

  constructor(private readonly input: ByHandInput) {
    const { context: { extensionUri, globalState, globalStorageUri }, host, engines, progress, clock, log, readProgram, notePulled } = input;
    const engineRecord = new EngineRecord(globalState, windowName());
    const helpers = this.helpers = new HelperAccess(engineRecord.window, notePulled);
    const storageFolder = globalStorageUri.fsPath;
    this.exercise = new Exercise({
      host, record: ownRecord(host, storageFolder), engineRecord, helpers, engines, clock, log, memory: globalState, readProgram, storageFolder, progress,
      findImage: async (engine) => findExerciseImage(engine, notePulled),
    });
    const processes = new ProcessPages(clock, extensionUri, log);
    this.pages = new ExercisePages({ exercise: this.exercise, processes, log, extensionUri });
    this.cgroups = new CgroupPages({ host, engines, helpers, log, extensionUri });
    this.parts = [this.pages, processes, this.cgroups, this.exercise, helpers, new EngineLeft(engines, engineRecord, helpers, log)];
  }

  /** Takes away what windows that have ended left on this machine. */
  takeAwayLeft(): Promise<void> {
    return takeAwayLeft(this.input.host, this.input.context.globalStorageUri.fsPath, this.input.log);
  }

  dispose(): void {
    for (const part of this.parts) { part.dispose(); }
  }
}
