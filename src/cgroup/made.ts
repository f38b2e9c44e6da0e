import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DemoGroup, membersOf, removeGroup } from './demoGroup';
import type { WritableCgroupHost } from './host';
import { readProcess } from './processes';
import { type MadeThing, readRecord, type RecordFile, writeRecord } from './recordFile';

export type { MadeThing } from './recordFile';

/** The record of a window that has ended. */
export interface LeftRecord {
  file: string;
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
    writeRecord(this.file, { owner, things: this.things });
  }
}

/** The mark that a program of ours carries. A terminal must not: all that is typed there would carry it, too. */
export function environmentOf(mark: string): Record<string, string> {
  return { [markName]: mark };
}

const markName = 'HELLO_CONTAINERS_STARTED';

/** What a window that has ended left behind; undefined while it lives, or when its file cannot be understood. */
export async function readLeft(host: Pick<WritableCgroupHost, 'read'>, file: string): Promise<MadeThing[] | undefined> {
  const record = readRecord(file);
  if (record === undefined) { return undefined; }
  const lives = (await readProcess(host, record.owner.pid))?.startTicks === record.owner.startTicks;
  return lives ? undefined : record.things;
}

/** The records that ended windows left in a folder; the things of one that took everything away itself are none. */
export async function findLeft(host: Pick<WritableCgroupHost, 'read'>, folder: string): Promise<LeftRecord[]> {
  const files = namesIn(folder).filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  const records = await Promise.all(files.map(async (file) => {
    const things = await readLeft(host, file);
    return things === undefined ? [] : [{ file, things }];
  }));
  return records.flat();
}

/** Takes away what a record names, and forgets it; what could not be taken away stays on record. @returns what is still there */
export async function cleanLeft(host: WritableCgroupHost, { file, things }: LeftRecord, kill: (pid: number) => void): Promise<Left[]> {
  const owner = readRecord(file)?.owner;
  const left = await takeAway(host, things, kill);
  if (left.length === 0 || owner === undefined) {
    rmSync(file, { force: true });
  } else {
    writeRecord(file, { owner, things: left.map(({ thing }) => thing) });
  }
  return left;
}

/** Ends our processes and removes our groups; a group with other processes in it stays. @returns what is still there */
export async function takeAway(host: WritableCgroupHost, things: readonly MadeThing[], kill: (pid: number) => void): Promise<Left[]> {
  const left: Left[] = [];
  // A pid that another process has by now is not ours: it is neither ended nor moved.
  const ours = new Set<number>();
  for (const thing of things) {
    if (thing.kind === 'group') { continue; }
    try {
      for (const pid of await processesOf(host, thing)) {
        ours.add(pid);
        end(kill, pid);
      }
    } catch (error) {
      left.push({ thing, error });
    }
  }
  for (const thing of things) {
    if (thing.kind !== 'group') { continue; }
    try {
      await removeGroup(host, thing.group, new Set([...ours, ...await endedIn(host, thing.group)]));
    } catch (error) {
      left.push({ thing, error });
    }
  }
  return left;
}

async function processesOf(host: Pick<WritableCgroupHost, 'read' | 'list'>, thing: Exclude<MadeThing, { kind: 'group' }>): Promise<number[]> {
  if (thing.kind === 'process') { return (await readProcess(host, thing.pid))?.startTicks === thing.startTicks ? [thing.pid] : []; }
  const pids = (await host.list('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const marked = await Promise.all(pids.map(async (pid) => {
    // Somebody else's environment cannot be read: then it is not ours.
    const environment = await host.read(`/proc/${pid}/environ`).catch(() => '');
    return environment.split('\0').includes(`${markName}=${thing.mark}`) ? [pid] : [];
  }));
  return marked.flat();
}

/** It may end by itself at that moment. */
function end(kill: (pid: number) => void, pid: number): void {
  try {
    kill(pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') { throw error; }
  }
}

/** A process that was just ended may still be listed for a moment. */
async function endedIn(host: WritableCgroupHost, group: DemoGroup): Promise<number[]> {
  const members = await membersOf(host, group);
  const ended = await Promise.all(members.map(async (pid) => await readProcess(host, pid) === undefined ? [pid] : []));
  return ended.flat();
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function same(a: MadeThing, b: MadeThing): boolean {
  switch (a.kind) {
    case 'process': return b.kind === 'process' && a.pid === b.pid && a.startTicks === b.startTicks;
    case 'program': return b.kind === 'program' && a.mark === b.mark;
    case 'group': return b.kind === 'group' && a.group.dir === b.group.dir;
  }
}
