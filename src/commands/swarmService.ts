import * as vscode from 'vscode';
import { inPercent } from '../base/inPercent';
import { isAbort, HumanError } from '../base/errors';
import { messageText, plainText } from '../base/plainText';
import { sleep } from '../base/sleep';
import { within } from '../base/within';
import { readBackLimits } from '../engine/swarm/readBack';
import type { SwarmService } from '../engine/swarm/swarm';
import { isConverging, runningOf } from '../engine/swarm/swarmModel';
import { type Command, type CommandInput, showError, withCancellableProgress } from './command';
import { OutputTerminal } from './outputTerminal';
import { type Chosen, chooseService, type SwarmTarget } from './swarmRows';

const tenPercentNanoCpus = 1e8;

/** More tasks than a person means to start by a key that slipped. */
const mostReplicas = 1_000;

/** How many lines of each task a log begins with. */
const logTail = 100;

/** How long a rolling update may be followed without a change, in milliseconds: an update that waits says so by itself. */
const followMillis = 600_000;

/** Asks for the number of tasks and has the swarm start or end as many. */
export function scaleService(input: CommandInput): Command {
  return async (target?: SwarmTarget) => {
    const chosen = await chooseService(input, target, ({ replicas }) => replicas !== undefined);
    if (chosen === undefined) { return; }
    const { one: { id, name, replicas }, api } = chosen;
    const typed = await vscode.window.showInputBox({
      title: vscode.l10n.t('Scale {0}', plainText(name)), prompt: vscode.l10n.t('How many tasks should run?'), value: String(replicas),
      validateInput: (value) => /^\d{1,4}$/.test(value.trim()) && Number(value) <= mostReplicas ? undefined : vscode.l10n.t('A whole number from 0 to {0}', mostReplicas),
    });
    if (typed === undefined) { return; }
    await api.scale(id, Number(typed));
    await follow(input, chosen, vscode.l10n.t('Scale {0}', plainText(name)));
  };
}

/** Limits each task of a service to a tenth of a core, by a rolling update. */
export function limitServiceTo10(input: CommandInput): Command {
  return async (target?: SwarmTarget) => limit(input, await chooseService(input, target), tenPercentNanoCpus);
}

/** Lifts the limit of a service's tasks. */
export function removeServiceLimit(input: CommandInput): Command {
  return async (target?: SwarmTarget) => limit(input, await chooseService(input, target, ({ nanoCpus }) => nanoCpus > 0), 0);
}

async function limit(input: CommandInput, chosen: Chosen<SwarmService> | undefined, nanoCpus: number): Promise<void> {
  if (chosen === undefined) { return; }
  const { one: { id, name }, api } = chosen;
  const before = await api.setNanoCpus(id, nanoCpus);
  await follow(input, chosen, vscode.l10n.t('Rolling update of {0}', plainText(name)));
  void tell(input, chosen, nanoCpus, before).catch((error: unknown) => showError(error, 'undo of a service\'s CPU limit', input));
}

/** Says what the tasks' containers have, by the engines of their nodes, and offers to undo it. */
async function tell(input: CommandInput, { swarm, api, one: { id, name } }: Chosen<SwarmService>, nanoCpus: number, before: number): Promise<void> {
  const { read, unreachable } = await readBackLimits(input.swarms, swarm, id);
  const as = read.filter(({ cores }) => Math.round((cores ?? 0) * 1e9) === nanoCpus).length;
  const what = nanoCpus === 0 ? vscode.l10n.t('The tasks of {0} have no CPU limit any more.', name) : vscode.l10n.t('Each task of {0} may use {1} % of one core.', name, inPercent(nanoCpus / 1e9));
  const confirmed = vscode.l10n.t('Their nodes\' engines confirm it of {0} of {1} containers.', as, read.length + unreachable.length);
  const beyond = unreachable.length === 0 ? '' : vscode.l10n.t('{0} are on nodes whose engines are not connected.', unreachable.length);
  const undo = vscode.l10n.t('Undo');
  const answer = await vscode.window.showInformationMessage(messageText([what, confirmed, beyond].join(' ')), ...before === nanoCpus ? [] : [undo]);
  if (answer === undo) { await api.setNanoCpus(id, before); }
}

/** Follows what the swarm does until all is as it is wanted. Cancelling ends the following, not the change. */
async function follow({ swarms }: CommandInput, { swarm: { engine, model }, one: { id } }: Chosen<SwarmService>, title: string): Promise<void> {
  await withCancellableProgress(title, async (report, signal) => {
    const until = within(followMillis, signal);
    // What was asked a moment ago is in no state that was read before.
    const before = model.state;
    model.soon();
    for (;;) {
      const changed = new AbortController();
      const subscription = swarms.onDidChange(() => changed.abort());
      const { state } = model;
      if (swarms.get(engine.key)?.model !== model) { throw new HumanError(vscode.l10n.t('The manager went away meanwhile. The swarm goes on with the change by itself.')); }
      const service = state?.services.find((one) => one.id === id);
      if (state === undefined || service === undefined) { return; }
      report(vscode.l10n.t('{0} of {1} running', runningOf(state, id), service.replicas ?? runningOf(state, id)));
      const isPaused = service.update.state.includes('paused');
      if (isPaused) { throw new HumanError(vscode.l10n.t('The update of {0} stopped: {1}', service.name, service.update.message)); }
      if ((state !== before && !isConverging(state)) || until.aborted) {
        subscription.dispose();
        return;
      }
      await sleep(5_000, AbortSignal.any([until, changed.signal]));
      subscription.dispose();
    }
  });
}

/** Follows the logs of all tasks of a service in a terminal. Closing the terminal ends it. */
export function showServiceLogs(input: CommandInput): Command {
  return async (target?: SwarmTarget) => {
    const chosen = await chooseService(input, target);
    if (chosen === undefined) { return; }
    const { api, one } = chosen;
    const terminal = OutputTerminal.show(vscode.l10n.t('log: {0}', plainText(one.name)), 'output');
    terminal.note(vscode.l10n.t('The logs of all tasks of {0}, from the last {1} lines of each on.', plainText(one.name), logTail));
    const run = async (): Promise<void> => {
      for await (const chunk of await api.serviceLogs(one, logTail, terminal.closed)) { terminal.output(chunk); }
      terminal.note(vscode.l10n.t('The log ends here: the service is gone.'));
    };
    void run().catch((error: unknown) => {
      if (!isAbort(error)) { terminal.note(vscode.l10n.t('The log was cut off.')); }
      return showError(error, `log of the service ${one.name}`, input);
    });
  };
}
