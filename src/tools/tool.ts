import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';

/** What the user is asked before a tool does anything. */
export interface Question {
  title: string;
  /** What will happen, and what the language model gets to see. */
  message: string;
  /** While it happens. */
  doing: string;
}

/** Something that a language model may ask for, with a user who agrees first. Rejects with an error whose message the model reads. */
export interface Tool {
  /** @param input what the model gave; nothing about it is certain */
  ask(input: unknown): Promise<Question>;
  /** @returns JSON for the model */
  run(input: unknown, signal: AbortSignal): Promise<string>;
}

/** The model's input is not what the tool takes. */
export class WrongInput extends HumanError { }

export function textOf(input: unknown, name: string): string {
  const value = valueOf(input, name);
  if (typeof value !== 'string' || value.trim() === '') { throw new WrongInput(l10n.t('"{0}" is missing: a text is needed.', name)); }
  return value.trim();
}

/** @returns undefined when it is left out */
export function numberOf(input: unknown, name: string, least: number, most: number): number | undefined {
  const value = valueOf(input, name);
  if (value === undefined || value === null) { return undefined; }
  if (typeof value !== 'number' || !(value >= least && value <= most)) { throw new WrongInput(l10n.t('"{0}" has to be a number from {1} to {2}.', name, least, most)); }
  return value;
}

function valueOf(input: unknown, name: string): unknown {
  return typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[name] : undefined;
}
