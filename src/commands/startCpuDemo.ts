import * as vscode from 'vscode';
import { messageText } from '../base/plainText';
import { type CpuDemo, startCpuDemo as start } from '../engine/cpuDemo';
import type { KnownEngine } from '../engine/engines';
import { roleOf } from '../engine/ours';
import { ProgressBar } from '../engine/pull';
import { type Command, type CommandInput, engineFor, type EngineTarget, withCancellableProgress } from './command';
import { pullMessage } from './pullMessage';

const setting = 'cpuDemo.image';

/** Starts the CPU-hungry program in a container. With one running already, asks whether that one will do. */
export function startCpuDemo(input: CommandInput): Command {
  return async (target?: EngineTarget): Promise<CpuDemo | undefined> => {
    const { connection } = await engineFor(input, target);
    await connection.engine();
    const running = [...connection.containers.containers].find(({ labels, state }) => state === 'running' && roleOf(labels) === 'cpu-demo');
    if (running !== undefined) {
      const [watch, another] = [vscode.l10n.t('Watch Live CPU'), vscode.l10n.t('Start Another')];
      const chosen = await vscode.window.showInformationMessage(messageText(vscode.l10n.t('The CPU demo {0} is running already.', running.name)), watch, another);
      if (chosen === watch) { input.openLivePage(running.id); }
      if (chosen !== another) { return undefined; }
    }
    const demo = await startOne(input, connection);
    void offerNext(demo, input);
    return demo;
  };
}

function startOne({ made, readProgram }: CommandInput, connection: KnownEngine['connection']): Thenable<CpuDemo> {
  return withCancellableProgress(vscode.l10n.t('Start the CPU demo'), async (report, signal) => {
    const engine = await connection.engine(signal);
    const configuration = vscode.workspace.getConfiguration('helloContainers');
    const image = configuration.get<string>(setting, 'python:3-alpine').trim();
    const bar = new ProgressBar();
    let pulled: string | undefined;
    const demo = await start({
      engine, image, signal,
      imageChosen: configuration.inspect(setting)?.globalValue !== undefined,
      program: await readProgram(),
      onPull: (progress) => report(pullMessage(image, progress), bar.increment(progress)),
      onPulled: (reference) => { pulled = reference; },
    }).finally(async () => {
      if (pulled !== undefined) { await made.addPulled((await engine.facts()).id, pulled); }
    });
    return demo;
  });
}

async function offerNext({ id, name, image }: CpuDemo, { openLivePage }: CommandInput): Promise<void> {
  const [watch, limit] = [vscode.l10n.t('Watch Live CPU'), vscode.l10n.t('Limit CPU to 10%')];
  const chosen = await vscode.window.showInformationMessage(messageText(vscode.l10n.t('{0} is running, from the image {1}.', name, image)), watch, limit);
  if (chosen === watch) { openLivePage(id); }
  if (chosen === limit) { await vscode.commands.executeCommand('helloContainers.limitCpuTo10', { containerId: id }); }
}
