import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator, Page } from '@playwright/test';
import { ensurePackages } from '../../lab/packages.mjs';
import { run } from '../../lab/processes.mjs';
import { inFrame, palette } from '../../lab/vscode/browser.mjs';
import type { TaskId } from '../../src/lesson/exercise';
import { expect, pictures, test } from './fixtures';

/*
 * On this machine's own kernel, in a group of our own: "demo", as the lesson calls it.
 */

const taskIds: readonly TaskId[] = ['start', 'make-group', 'limit-50', 'limit-10', 'move', 'watch', 'stop', 'remove-group'];

test.beforeAll(async () => { await ensurePackages({ 'python3-minimal': 'python3' }); });

test.afterEach(async () => {
  for (const pid of await programs()) { process.kill(pid, 'SIGKILL'); }
});

for (const { way, button } of [{ way: 'done for the learner', button: 'Do it for me' }, { way: 'typed into the terminal', button: 'Run in terminal' }]) {
  test(`a process is limited by hand, each task ${way}, and ticked by the kernel`, async ({ workbench: { page, folder } }) => {
    const exercise = await openExercise(page);
    expect(existsSync(join(folder, 'factorials.py'))).toBe(true);
    const done: TaskId[] = [];
    for (const id of taskIds) {
      await expectDone(exercise, done);
      if (id !== 'watch') { await task(exercise, id).getByText(button, { exact: true }).click(); }
      done.push(id);
    }
    await expectDone(exercise, done);
    await page.screenshot({ path: `${pictures}/exercise-${button === 'Do it for me' ? 'done' : 'typed'}.png` });
    expect(await programs()).toEqual([]);
    expect(cgroupMounts().filter((mount) => existsSync(join(mount, 'demo')))).toEqual([]);
  });
}

async function openExercise(page: Page): Promise<Frame> {
  await palette(page, 'Hello Containers: Limit a Process by Hand');
  return inFrame(page, (frame) => frame.locator('.task').first().isVisible(), 60_000);
}

function task(exercise: Frame, id: TaskId): Locator {
  return exercise.locator(`.task[data-task="${id}"]`);
}

async function expectDone(exercise: Frame, ids: readonly TaskId[]): Promise<void> {
  for (const id of taskIds) { await expect(task(exercise, id), id).toHaveAttribute('data-done', String(ids.includes(id))); }
}

/** Processes that run the exercise's program, here or in anybody's container. */
async function programs(): Promise<number[]> {
  const found = await run('pgrep', ['--full', 'python3.* \\S*factorials\\.py$']).catch(() => '');
  return found.split('\n').filter((line) => line !== '').map(Number);
}

function cgroupMounts(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] ?? '');
}
