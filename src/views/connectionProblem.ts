import * as vscode from 'vscode';
import { messageOf } from '../base/errors';
import { messageText } from '../base/plainText';
import type { ConnectionState, FailedAttempt } from '../engine/connection';
import { endpointAddress } from '../engine/endpoint';
import { EngineUnreachable } from '../engine/errors';

/** Something to do about a failed connection: one row of the tree. */
export interface FixNode {
  fix: {
    label: string;
    icon: string;
    command: string;
    tooltip?: string;
    /**
     * Whether the command must be told which engine is meant. VS Code keeps a row's arguments only until the row is drawn anew, and a
     * click that falls into that moment is lost: where none are needed none are given.
     */
    ofEngine?: boolean;
  };
  engineKey: string;
}

/** What failed, when something did: while it is tried again, that stays to be read. */
export function attemptsOf(state: ConnectionState): readonly FailedAttempt[] {
  return state.kind === 'failed' || state.kind === 'connecting' ? state.attempts : [];
}

/** What was tried and why it failed. The first place is explained; the others are only named. */
export function explain(attempts: readonly FailedAttempt[]): string {
  const [first, ...others] = attempts;
  if (first === undefined) { return ''; }
  const place = first.candidate === undefined ? '' : ` ${vscode.l10n.t('(Found by: {0}.)', first.candidate.reason)}`;
  const also = others.flatMap(({ candidate }) => candidate === undefined ? [] : [`${endpointAddress(candidate.endpoint)} (${candidate.reason})`]);
  return `${vscode.l10n.t('No Docker engine.')} ${messageText(messageOf(first.error))}${place}${also.length === 0 ? '' : `\n\n${vscode.l10n.t('Tried too: {0}.', also.join(', '))}`}`;
}

/** What may mend it. */
export function fixes(engineKey: string, attempts: readonly FailedAttempt[]): FixNode[] {
  const reasons = attempts.map(({ error }) => error instanceof EngineUnreachable ? error.reason : undefined);
  const fix = (label: string, icon: string, command: string): FixNode => ({ engineKey, fix: { label, icon, command } });
  return [
    fix(vscode.l10n.t('Try again now'), 'refresh', 'helloContainers.reconnect'),
    fix(vscode.l10n.t('Diagnose the connection'), 'checklist', 'helloContainers.diagnoseEngine'),
    ...(reasons.includes('denied') ? [fix(vscode.l10n.t('Join the docker group…'), 'terminal', 'helloContainers.joinDockerGroup')] : []),
    ...(reasons.every((reason) => reason === 'absent') ? [fix(vscode.l10n.t('How to install Docker'), 'link-external', 'helloContainers.installDocker')] : []),
    fix(vscode.l10n.t('Replay a recorded run'), 'record', 'helloContainers.replayBundledRun'),
    fix(vscode.l10n.t('Use another engine…'), 'server', 'helloContainers.chooseEngine'),
    fix(vscode.l10n.t('Show the log'), 'output', 'helloContainers.showLog'),
  ];
}

/** Below one engine of several: the reason as a row, which opens the diagnosis, and the two things to do that are about this engine alone. */
export function shortFixes(engineKey: string, attempts: readonly FailedAttempt[]): FixNode[] {
  const reason = attempts[0] === undefined ? '' : messageText(messageOf(attempts[0].error));
  const all = fixes(engineKey, attempts);
  return [
    { engineKey, fix: { label: reason, icon: 'info', command: 'helloContainers.diagnoseEngine', ofEngine: true, tooltip: explain(attempts) } },
    ...all.filter(({ fix: { command } }) => !['chooseEngine', 'showLog', 'replayBundledRun'].includes(command.replace('helloContainers.', '')))
      .map(({ fix }) => ({ engineKey, fix: { ...fix, ofEngine: true } })),
  ];
}
