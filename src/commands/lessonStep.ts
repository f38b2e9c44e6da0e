import * as vscode from 'vscode';
import { systemClock } from '../base/clock';
import { HumanError } from '../base/errors';
import { listText, messageText } from '../base/plainText';
import { typedLines } from '../base/typedLine';
import { ProgressBar } from '../engine/pull';
import type { Hands, Step, StepId } from '../lesson/step';
import { stepOf, steps } from '../lesson/steps';
import { type Command, type CommandInput, withCancellableProgress } from './command';
import { pullMessage } from './pullMessage';

/** What a command of a step is given: the lesson view's row, or from a link its id. */
export type StepTarget = { stepId?: unknown } | string;

/** The step that a command is for; asks when none is named. */
export async function pickStep({ progress }: CommandInput, target: StepTarget | undefined, title: string, fits: (step: Step) => boolean): Promise<Step | undefined> {
  const id = typeof target === 'string' ? target : target?.stepId;
  const named = steps.find((step) => step.id === id);
  if (named !== undefined) {
    if (!fits(named)) { throw new HumanError(vscode.l10n.t('“{0}”: only you can do this one. Its hints say how.', named.title())); }
    return named;
  }
  const items = steps.filter(fits).map((step) => ({ label: step.title(), description: progress.steps[step.id].state === 'done' ? vscode.l10n.t('done') : '', step }));
  return (await vscode.window.showQuickPick(items, { title }))?.step;
}

/** What solve and reset work with, on the engine that is used. */
export async function handsFor({ engines, exercise, log, made, progress, readProgram }: CommandInput, report: (message: string, increment?: number) => void, signal: AbortSignal): Promise<Hands> {
  const { connection } = await engines.usedEngine();
  const engine = await connection.engine(signal);
  const configuration = vscode.workspace.getConfiguration('helloContainers');
  const bar = new ProgressBar();
  return {
    engine, made, log, exercise, clock: systemClock, notes: progress.notes, program: readProgram, facts: () => progress.facts, refresh: (id) => connection.containers.refresh(id),
    images: { hello: 'hello-world', demo: configuration.get('cpuDemo.image', 'python:3-alpine').trim(), demoChosen: configuration.inspect('cpuDemo.image')?.globalValue !== undefined },
    onPull: (pulled) => report(pullMessage(vscode.l10n.t('image'), pulled), bar.increment(pulled)),
    onOutput: () => { },
  };
}

/** Steps that a command of their own does better: it shows what the program prints and keeps the run to be drawn, or asks what to remove. */
const ownCommand: Partial<Record<StepId, string>> = { 'hello-world': 'runHelloWorld', 'follow-the-run': 'runHelloWorld', 'clean-up': 'cleanUp', 'watch': 'watchLiveCpu' };

/** Does a step for the learner. */
export function solveStep(input: CommandInput): Command {
  return async (target?: StepTarget) => {
    const step = await pickStep(input, target, vscode.l10n.t('Which step shall be done for you?'), ({ solve }) => solve !== undefined);
    if (step === undefined) { return; }
    const own = ownCommand[step.id];
    if (own !== undefined && step.id !== 'watch') {
      await vscode.commands.executeCommand(`helloContainers.${own}`);
      return;
    }
    await withCancellableProgress(step.title(), async (report, signal) => step.solve?.(await handsFor(input, report, signal), signal));
    if (own !== undefined) { await vscode.commands.executeCommand(`helloContainers.${own}`); }
  };
}

/** Undoes a step, so that it can be done again. */
export function resetStep(input: CommandInput): Command {
  return async (target?: StepTarget) => {
    const step = await pickStep(input, target, vscode.l10n.t('Which step do you want to do again?'), ({ reset }) => reset !== undefined);
    if (step === undefined || !await agreeTo(vscode.l10n.t('Reset “{0}”?', step.title()), vscode.l10n.t('What counts for this step is undone and removed from the engine or the kernel, also what you made in a terminal. Images stay.'))) { return; }
    await withCancellableProgress(vscode.l10n.t('Reset: {0}', step.title()), async (report, signal) => step.reset?.(await handsFor(input, report, signal), signal));
    await input.journal.forget(step.id);
  };
}

/** Undoes all steps, after a question. */
export function resetLesson(input: CommandInput): Command {
  return async () => {
    if (!await agreeTo(vscode.l10n.t('Begin the lesson anew?'), vscode.l10n.t('What counts for the lesson\'s steps is removed from the engine that is used, also what you made in a terminal; the exercise\'s program is ended and its group removed; and what you did is forgotten. Images stay.'))) { return; }
    await withCancellableProgress(vscode.l10n.t('Reset the lesson'), async (report, signal) => {
      const hands = await handsFor(input, report, signal);
      for (const step of steps.toReversed()) {
        signal.throwIfAborted();
        // The exercise that nobody began needs no end.
        if (input.exercise.tasks === undefined && isByHand(step.id)) { continue; }
        report(step.title());
        await step.reset?.(hands, signal);
      }
    });
    await input.journal.forget();
  };
}

async function agreeTo(question: string, detail: string): Promise<boolean> {
  const reset = vscode.l10n.t('Reset');
  return await vscode.window.showWarningMessage(messageText(question), { modal: true, detail }, reset) === reset;
}

function isByHand(id: StepId): boolean {
  return ['cpu-program', 'limit-by-hand', 'slow-down', 'clean-up-by-hand'].includes(id);
}

/** Looks at a step again, and says what is seen. */
export function checkStep(input: CommandInput): Command {
  return async (target?: StepTarget) => {
    const step = await pickStep(input, target, vscode.l10n.t('Which step shall be checked?'), () => true);
    if (step === undefined) { return; }
    if (isByHand(step.id)) { await input.exercise.look(); }
    // The check that follows a look comes a turn later.
    await new Promise((resolve) => { setImmediate(() => setImmediate(resolve)); });
    const { state, reason } = input.progress.steps[step.id];
    const hint = vscode.l10n.t('Hint');
    const text = messageText(`${step.title()}: ${reason}`);
    if (state === 'done') { void vscode.window.showInformationMessage(`✓ ${text}`); } else if (await vscode.window.showInformationMessage(text, hint) === hint) { await vscode.commands.executeCommand('helloContainers.hintStep', step.id); }
  };
}

/** Three hints, each saying more than the one before; the last one has the commands. */
export function hintStep(input: CommandInput): Command {
  return async (target?: StepTarget) => {
    const step = await pickStep(input, target, vscode.l10n.t('For which step do you want a hint?'), () => true);
    if (step === undefined) { return; }
    const [more, run, copy] = [vscode.l10n.t('Tell Me More'), vscode.l10n.t('Run in Terminal'), vscode.l10n.t('Copy')];
    const [nudge, way, commands] = stepOf(step.id).hints(input.progress.facts);
    if (await vscode.window.showInformationMessage(messageText(nudge), more) !== more) { return; }
    if (await vscode.window.showInformationMessage(messageText(way), more) !== more) { return; }
    const chosen = await vscode.window.showInformationMessage(step.title(), { modal: true, detail: commands }, run, copy);
    const lines = typedLines(commands.split('\n'));
    if (chosen === copy) { await vscode.env.clipboard.writeText(lines.join('\n')); }
    if (chosen === run) {
      const terminal = vscode.window.createTerminal({ name: step.title() });
      terminal.show();
      for (const line of lines) { terminal.sendText(line); }
    }
  };
}

/** Asks a step's question, and shows what this machine says. */
export function askStep({ progress, ...input }: CommandInput): Command {
  return async (target?: StepTarget) => {
    const step = await pickStep({ progress, ...input }, target, vscode.l10n.t('Which question do you want to answer?'), ({ id }) => progress.question(id) !== undefined).catch((error: unknown) => {
      throw error instanceof HumanError ? new HumanError(vscode.l10n.t('This question can be asked once your machine can answer it: do the step first.')) : error;
    });
    const question = step && progress.question(step.id);
    if (step === undefined || question === undefined) { return; }
    const chosen = await vscode.window.showQuickPick(question.options.map((option) => ({ label: listText(option), option })), { title: messageText(question.prompt), placeHolder: vscode.l10n.t('Choose an answer') });
    if (chosen === undefined) { return; }
    if (progress.answer(step.id, chosen.option)) {
      void vscode.window.showInformationMessage(messageText(vscode.l10n.t('Right: {0} {1}', sentence(question.answer), question.explanation)));
      return;
    }
    const again = vscode.l10n.t('Try Again');
    if (await vscode.window.showInformationMessage(messageText(vscode.l10n.t('Not that: {0}', chosen.option)), again) === again) { await vscode.commands.executeCommand('helloContainers.askStep', step.id); }
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
