import { realpath } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { type Candidate, chosenAddress, contextCandidates, defaultCandidates, findCandidates, type FinderInput, listContexts, selectedContext } from './contexts';
import { type Endpoint, endpointAddress } from './endpoint';

/** Where one engine is to be found, by a rule that outlives a change of the address behind it. */
export type Place =
  /** Docker's own rules without a context. */
  | { kind: 'default' }
  | { kind: 'context'; name: string }
  | { kind: 'address'; address: string };

/** All places, without those that lead where another leads, and the one that is used. */
export interface Places {
  places: readonly Place[];
  selected: Place;
}

/** Names a place among the others, for ever. */
export function placeKey(place: Place): string {
  switch (place.kind) {
    case 'default': return 'default';
    case 'context': return `context ${place.name}`;
    case 'address': return `address ${place.address}`;
  }
}

/** What users call it. */
export function placeName(place: Place): string {
  switch (place.kind) {
    case 'default': return l10n.t('default');
    case 'context': return place.name;
    case 'address': return place.address;
  }
}

/** The docker command with what chooses this engine, as words of a command line. */
export function dockerCommand(place: Place): readonly string[] {
  switch (place.kind) {
    case 'default': return ['docker'];
    case 'context': return ['docker', '--context', place.name];
    case 'address': return ['docker', '--host', place.address];
  }
}

/**
 * Docker's default, its stored contexts, and what was typed for this workspace. The one that is used comes first. The default is
 * left out while nothing is there and another is used.
 */
export async function listPlaces(input: FinderInput): Promise<Places> {
  const selected = await selectedPlace(input);
  const contexts = await listContexts(input);
  const others: Place[] = [{ kind: 'default' }, ...contexts.map(({ name }): Place => ({ kind: 'context', name }))];
  const seen = new Set(await addressesAt(input, selected));
  const places = [selected];
  for (const place of others) {
    if (placeKey(place) === placeKey(selected)) { continue; }
    const addresses = await addressesAt(input, place);
    if (addresses.some((address) => seen.has(address)) || (place.kind === 'default' && addresses.length === 0)) { continue; }
    for (const address of addresses) { seen.add(address); }
    places.push(place);
  }
  return { places, selected };
}

/**
 * Where to look for the engine of a place.
 * @throws BadEndpoint, BadContext
 */
export async function candidatesAt(input: FinderInput, place: Place): Promise<Candidate[]> {
  if (placeKey(place) === placeKey(await selectedPlace(input))) { return findCandidates(input); }
  switch (place.kind) {
    case 'default': return defaultCandidates(input);
    case 'context': return contextCandidates(input, place.name);
    case 'address': return chosenAddress(input, place.address);
  }
}

async function selectedPlace(input: FinderInput): Promise<Place> {
  const { choice } = input;
  if (choice?.kind === 'address') { return choice; }
  const name = await selectedContext(input);
  return name === undefined ? { kind: 'default' } : { kind: 'context', name };
}

/** The addresses, a socket under its real path; of several usual sockets only those that are there. */
async function addressesAt(input: FinderInput, place: Place): Promise<string[]> {
  try {
    const candidates = await candidatesAt(input, place);
    const addresses = await Promise.all(candidates.map(({ endpoint }) => realAddress(endpoint, candidates.length > 1)));
    return addresses.filter((address) => address !== undefined);
  } catch (error) {
    // What cannot be understood is like nothing else: it is listed, and says why.
    if (error instanceof HumanError) { return []; }
    throw error;
  }
}

async function realAddress(endpoint: Endpoint, onlyIfThere: boolean): Promise<string | undefined> {
  if (endpoint.kind !== 'unix') { return endpointAddress(endpoint); }
  try {
    return endpointAddress({ kind: 'unix', path: await realpath(endpoint.path) });
  } catch {
    return onlyIfThere ? undefined : endpointAddress(endpoint);
  }
}
