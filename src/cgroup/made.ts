import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DemoGroup, membersOf, removeGroup } from './demoGroup';
import type { WritableCgroupHost } from './host';
import { readProcess } from './processes';

/** Something on this machine that we made. */
export type MadeThing =
  /** Its pid and its start name one process for ever; until they are known, only the file that it runs. */
  | { kind: 'process'; pid: number; startTicks: number }
  | { kind: 'group'; group: DemoGroup };

interface RecordFile {
  /** The process that made it: while it lives, it looks after its things itself. */
  owner: { pid: number; startTicks: number };
  things: MadeThing[];
}

/** What could not be taken away, and why. */
export interface Left {
  thing: MadeThing;
  error: unknown;
}

/**
 * What we made on this machine, written down before it is made: whoever comes after us, however we ended, finds it here. One file a
 * window; written at once, as a process may be killed between any two steps.
 */
export class MadeRecord {
  private things: MadeThing[] = [];

  /** @param file of this window alone */
  constructor(private readonly file: string, private readonly owner: () => Promise<RecordFile['owner']>) { }

  get all(): readonly MadeThing[] { return this.things; }

  async add(thing: MadeThing): Promise<void> {
    this.things = [...this.things.filter((known) => !same(known, thing)), thing];
    await this.write();
  }

  async forget(thing: MadeThing): Promise<void> {
    this.things = this.things.filter((known) => !same(known, thing));
    await this.write();
  }

  private async write(): Promise<void> {
    const owner = await this.owner();
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, JSON.stringify({ owner, things: this.things } satisfies RecordFile));
  }
}

/** What a window that has ended left behind; undefined while it lives, or when its file cannot be understood. */
export async function readLeft(host: Pick<WritableCgroupHost, 'read'>, file: string): Promise<MadeThing[] | undefined> {
  try {
    const { owner, things } = JSON.parse(readFileSync(file, 'utf8')) as RecordFile;
    const lives = (await readProcess(host, owner.pid))?.startTicks === owner.startTicks;
    return lives ? undefined : things;
  } catch {
    return undefined;
  }
}

/** Ends our processes and removes our groups; a group with other processes in it stays. @returns what is still there */
export async function takeAway(host: WritableCgroupHost, things: readonly MadeThing[], kill: (pid: number) => void): Promise<Left[]> {
  const left: Left[] = [];
  const processes = things.filter((thing) => thing.kind === 'process');
  for (const thing of processes) {
    try {
      if (await isThere(host, thing)) { kill(thing.pid); }
    } catch (error) {
      left.push({ thing, error });
    }
  }
  for (const thing of things) {
    if (thing.kind !== 'group') { continue; }
    try {
      await removeGroup(host, thing.group, new Set(await oursIn(host, thing.group, processes)));
    } catch (error) {
      left.push({ thing, error });
    }
  }
  return left;
}

async function oursIn(host: WritableCgroupHost, group: DemoGroup, processes: readonly Extract<MadeThing, { kind: 'process' }>[]): Promise<number[]> {
  const ours = processes.map(({ pid }) => pid);
  const members = await membersOf(host, group);
  // A process that was just ended may still be listed for a moment.
  const gone = await Promise.all(members.map(async (pid) => await readProcess(host, pid) === undefined ? [pid] : []));
  return [...ours, ...gone.flat()];
}

async function isThere(host: Pick<WritableCgroupHost, 'read'>, { pid, startTicks }: Extract<MadeThing, { kind: 'process' }>): Promise<boolean> {
  return (await readProcess(host, pid))?.startTicks === startTicks;
}

function same(a: MadeThing, b: MadeThing): boolean {
  return a.kind === 'process' ? b.kind === 'process' && a.pid === b.pid && a.startTicks === b.startTicks : b.kind === 'group' && a.group.dir === b.group.dir;
}
