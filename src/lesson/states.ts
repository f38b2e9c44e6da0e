import * as l10n from '@vscode/l10n';
import type { EngineFacts } from '../engine/engine';
import type { StepState } from './step';

/*
 * What each check can come to.
 */

export function done(reason: string, evidence?: StepState['evidence']): StepState {
  return { state: 'done', reason, ...(evidence === undefined ? {} : { evidence }) };
}

export function open(reason: string, evidence?: StepState['evidence']): StepState {
  return { state: 'open', reason, ...(evidence === undefined ? {} : { evidence }) };
}

export function unknown(reason: string): StepState {
  return { state: 'unknown', reason };
}

export function noEngine(): StepState {
  return unknown(l10n.t('There is no engine to ask.'));
}

/** Options in an order that does not tell the answer, each once. */
export function ordered(...options: readonly string[]): string[] {
  return [...new Set(options)].sort();
}

/** What an engine is made of, and in which versions, as evidence. Podman's runtime tells more than one line. */
export function partsOf(facts: EngineFacts | undefined): Record<string, string> {
  return Object.fromEntries((facts?.components ?? []).map(({ name, version }) => [name, version.split('\n', 1)[0] ?? '']));
}

/** To a digit behind the point, as text: "12.3". */
export function rounded(value: number, digits = 1): string {
  return value.toFixed(digits);
}
