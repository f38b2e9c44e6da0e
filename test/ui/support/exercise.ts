import { existsSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Frame, type Locator, type Page } from '@playwright/test';
import { run } from '../../../lab/processes.mjs';
import { inFrame, palette } from '../../../lab/vscode/browser.mjs';
import type { TaskId } from '../../../src/lesson/exercise';

/*
 * The exercise by hand on this machine's own kernel, in a group of our own: "demo", as the lesson calls it.
 */

export const taskIds: readonly TaskId[] = ['start', 'make-group', 'limit-50', 'limit-10', 'move', 'watch', 'stop', 'remove-group'];

/** Whatever a test has left of it. */
export async function takeAwayExercise(): Promise<void> {
  for (const pid of await programs()) { process.kill(pid, 'SIGKILL'); }
  for (const mount of cgroupMounts()) {
    // A process that was just killed keeps its group for a moment.
    await expect.poll(() => {
      try {
        rmdirSync(join(mount, 'demo'));
        return 'gone';
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : String(error);
      }
    }).toBe('gone');
  }
}

/** The extension hosts of one VS Code: somebody else's may run on this machine. */
export async function extensionHosts(serverPid: number): Promise<number[]> {
  const found = await run('pgrep', ['--full', 'type=extensionHost']);
  const hosts = await Promise.all(found.split('\n').filter((line) => line !== '').map(async (pid) => (await ancestors(Number(pid))).includes(serverPid) ? [Number(pid)] : []));
  return hosts.flat();
}

async function ancestors(pid: number): Promise<number[]> {
  const parent = Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  return parent <= 1 ? [] : [parent, ...await ancestors(parent)];
}

export function demoGroups(): string[] {
  return cgroupMounts().filter((mount) => existsSync(join(mount, 'demo')));
}

export async function openExercise(page: Page): Promise<Frame> {
  await palette(page, 'Hello Containers: Limit a Process by Hand');
  return inFrame(page, (frame) => frame.locator('.task').first().isVisible(), 60_000);
}

export function task(exercise: Frame, id: TaskId): Locator {
  return exercise.locator(`.task[data-task="${id}"]`);
}

export async function expectDone(exercise: Frame, ids: readonly TaskId[]): Promise<void> {
  for (const id of taskIds) { await expect(task(exercise, id), id).toHaveAttribute('data-done', String(ids.includes(id))); }
}

/** Processes that run the exercise's program, here or in anybody's container. */
export async function programs(): Promise<number[]> {
  const found = await run('pgrep', ['--full', 'python3.* \\S*factorials\\.py$']).catch(() => '');
  return found.split('\n').filter((line) => line !== '').map(Number);
}

function cgroupMounts(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] ?? '');
}
