import * as vscode from 'vscode';
import { systemClock } from '../base/clock';
import { HumanError } from '../base/errors';
import { endpointAddress } from '../engine/endpoint';
import { type HelloResult, type HelloStage, runHelloWorld as run } from '../engine/helloWorld';
import { standInImage } from '../engine/ours';
import { ProgressBar, PullFailed } from '../engine/pull';
import { RunRecorder } from '../lesson/recording';
import { type Command, type CommandInput, engineFor, type EngineTarget, withCancellableProgress } from './command';
import { OutputTerminal } from './outputTerminal';
import { pullMessage } from './pullMessage';

const officialImage = 'hello-world';

/** Runs hello-world as `docker run` does and shows its output in a terminal that stays. */
export function runHelloWorld(input: CommandInput): Command {
  return async (choice?: EngineTarget & { image?: unknown }): Promise<HelloResult | undefined> => {
    // Only the two images that we know: a command link must not run another.
    const image = choice?.image === standInImage ? standInImage : officialImage;
    const { log, made } = input;
    const known = await engineFor(input, choice);
    const { key: engineKey, connection } = known;
    return withCancellableProgress(vscode.l10n.t('Run hello-world'), async (report, signal) => {
      report(vscode.l10n.t('Connecting to the engine'));
      const engine = await connection.engine(signal);
      const bar = new ProgressBar();
      const tracer = input.runs.begin(known, image);
      let terminal: OutputTerminal | undefined;
      const shown = (): OutputTerminal => terminal ??= begin(image, endpointAddress(engine.endpoint));
      try {
        const recorder = new RunRecorder(systemClock, {
          onStage: (stage) => {
            report(stageLabel(stage));
            tracer.onStage(stage);
            if (stage === 'create') { shown(); }
          },
          onPull: (progress) => {
            report(pullMessage(image, progress), bar.increment(progress));
            tracer.onPull(progress);
          },
          onOutput: (chunk) => shown().output(chunk),
          onCreated: (id) => tracer.onCreated(id),
        });
        const result = await run({ engine, image, clock: systemClock, log, signal, listener: recorder });
        tracer.finish(result);
        finish(shown(), result);
        const facts = await engine.facts();
        const recording = recorder.finish(result, facts);
        input.lastRun.recording = () => ({ ...recording, evidence: tracer.evidence });
        if (result.stages.some(({ stage }) => stage === 'pull')) { await made.addPulled(facts.id, image); }
        return result;
      } catch (error) {
        tracer.fail(error);
        terminal?.note(signal.aborted ? vscode.l10n.t('Cancelled: the container was removed.') : vscode.l10n.t('Failed: the container was removed.'));
        throw error instanceof PullFailed && image === officialImage ? offerStandIn(error, engineKey) : error;
      }
    });
  };
}

function offerStandIn(error: PullFailed, engineKey: string): HumanError {
  return new HumanError(vscode.l10n.t('{0} Hello Containers carries a tiny image of its own that needs no registry.', error.message), {
    cause: error,
    fixes: [
      { title: vscode.l10n.t('Run the Bundled Image'), command: 'helloContainers.runHelloWorld', arguments: [{ engineKey, image: standInImage }] },
      { title: vscode.l10n.t('Try Again'), command: 'helloContainers.runHelloWorld', arguments: [{ engineKey }] },
    ],
  });
}

function begin(image: string, address: string): OutputTerminal {
  const terminal = OutputTerminal.show(image === standInImage ? vscode.l10n.t('hello-world (bundled stand-in)') : officialImage, 'package');
  terminal.note(image === standInImage
    ? vscode.l10n.t('Running {0}, the bundled stand-in for hello-world, on {1}', image, address)
    : vscode.l10n.t('Running {0} on {1}', image, address));
  return terminal;
}

function finish(terminal: OutputTerminal, { name, image, exitCode, stages }: HelloResult): void {
  terminal.note(vscode.l10n.t('Container {0} of image {1} ended with exit code {2}.', name, image, exitCode));
  // In one line, under the names of the API's calls: the program's own words are not to be pushed out of sight.
  terminal.note(vscode.l10n.t('Milliseconds: {0}', stages.map(({ stage, millis }) => `${stage} ${millis.toFixed(0)}`).join(' · ')));
  terminal.note(vscode.l10n.t('The container is kept, as "docker run" keeps it. Remove it from the Containers view.'));
  terminal.rename(image === standInImage ? vscode.l10n.t('{0} ({1}, bundled stand-in)', name, exitCode) : `${name} (${exitCode})`);
}

/** What a stage is called. */
export function stageLabel(stage: HelloStage): string {
  switch (stage) {
    case 'look': return vscode.l10n.t('Look for the image');
    case 'pull': return vscode.l10n.t('Pull the image from the registry');
    case 'load': return vscode.l10n.t('Load the bundled image');
    case 'create': return vscode.l10n.t('Create the container');
    case 'attach': return vscode.l10n.t('Attach to its output');
    case 'start': return vscode.l10n.t('Start it');
    case 'wait': return vscode.l10n.t('Wait for its end');
    case 'inspect': return vscode.l10n.t('Inspect it');
  }
}
