import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { plainText } from '../base/plainText';
import type { Container } from '../engine/containers';
import type { Engine } from '../engine/engine';
import type { Engines, KnownEngine } from '../engine/engines';

export interface Found {
  container: Container;
  engine: Engine;
  /** For the user: the container, and the engine where there are several. */
  words: string;
}

/** No container is called so, or more than one. */
export class NotOneContainer extends HumanError { }

/** No shorter start of an id is taken for one: it may well be a name that was mistyped. */
const leastIdChars = 6;

/**
 * The container that a name or (the start of) an id means, on any engine that answers.
 * @throws NotOneContainer, with the names that there are
 */
export async function findContainer(engines: Engines, reference: string): Promise<Found> {
  const known = await answering(engines);
  const all = known.flatMap((engine) => [...engine.connection.containers.containers].map((container) => ({ engine, container })));
  const named = all.filter(({ container: { name } }) => name === reference.replace(/^\//, ''));
  const fitting = named.length > 0 ? named : reference.length < leastIdChars ? [] : all.filter(({ container: { id } }) => id.startsWith(reference));
  const [first, second] = fitting;
  const shown = plainText(reference, 80);
  if (first === undefined) {
    throw new NotOneContainer(l10n.t('No container is called {0}. There are: {1}', shown, plainText(all.map(({ container: { name } }) => name).join(', '), 1000) || '–'));
  }
  if (second !== undefined) {
    throw new NotOneContainer(l10n.t('More than one container is called {0}: give the id. There are: {1}', shown, fitting.slice(0, 20).map(({ container: { id }, engine }) => `${id.slice(0, 12)} (${engine.name})`).join(', ')));
  }
  const { container, engine } = first;
  return { container, engine: await engine.connection.engine(), words: inWords(container, engine, known.length > 1) };
}

/** The engines that answer, once the one that is used has, or has failed to. */
export async function answering(engines: Engines): Promise<readonly KnownEngine[]> {
  const used = await engines.usedEngine();
  await used.connection.engine();
  return engines.all.filter(({ connection: { state } }) => state.kind === 'connected');
}

/** The question is drawn as Markdown in the chat and as plain text in a dialog: what would be markup in one is left out of both. */
function inWords({ name }: Container, engine: KnownEngine, several: boolean): string {
  const plain = (text: string): string => plainText(text, 80).replace(/[^\p{L}\p{N} .:/@_-]/gu, '·');
  return several ? l10n.t('{0} (on {1})', plain(name), plain(engine.name)) : plain(name);
}
