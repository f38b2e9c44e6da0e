import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DemoGroup } from './demoGroup';

/** Something on this machine that we made. */
export type MadeThing =
  /** Its pid and its start name one process for ever. Both are known only once it runs. */
  | { kind: 'process'; pid: number; startTicks: number }
  /** A program with all that it starts, known by a mark in its environment: it can be written down before the program runs. */
  | { kind: 'program'; mark: string }
  | { kind: 'group'; group: DemoGroup };

/** What a record file holds. */
export interface RecordFile {
  /** The process that made it: while it lives, it looks after its things itself. */
  owner: { pid: number; startTicks: number };
  things: MadeThing[];
}

/** The file is the old one or the new one at every moment: half a record would be none. */
export function writeRecord(file: string, record: RecordFile): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}

/** A file that somebody changed, or that is of another version, is no record: nothing is ended or removed on its word. */
export function readRecord(file: string): RecordFile | undefined {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as Partial<RecordFile> | null;
    const { owner, things } = record ?? {};
    return isNumbered(owner) && Array.isArray(things) && things.every(isThing) ? { owner, things } : undefined;
  } catch {
    return undefined;
  }
}

function isThing(value: unknown): value is MadeThing {
  const thing = value as Partial<Record<string, unknown>> | null;
  switch (thing?.kind) {
    case 'process': return isNumbered(thing);
    case 'program': return typeof thing.mark === 'string' && thing.mark !== '';
    case 'group': return isGroup(thing.group);
    default: return false;
  }
}

/** Ids of 1 are the machine's, and those under it are none: a signal to them reaches many. */
function isNumbered(value: unknown): value is { pid: number; startTicks: number } {
  const { pid, startTicks } = (value ?? {}) as Partial<Record<string, unknown>>;
  return Number.isSafeInteger(pid) && (pid as number) > 1 && Number.isSafeInteger(startTicks);
}

function isGroup(value: unknown): value is DemoGroup {
  const { version, dir, accountDir } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (version === 'v1' || version === 'v2') && [dir, accountDir].every((path) => typeof path === 'string' && path.startsWith('/') && !path.split('/').includes('..'));
}
