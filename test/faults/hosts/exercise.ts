// An extension host in the middle of the exercise: kills itself just before or just after one of the changes that it makes on the machine.
// Arguments: a folder for its program and its record, the group's name, the number of the change, "before" or "after".
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { LocalHost } from '../../../src/cgroup/localHost';
import { MadeRecord } from '../../../src/cgroup/made';
import { readProcess } from '../../../src/cgroup/processes';
import { taskIds } from '../../../src/lesson/exercise';
import { ExerciseSession } from '../../../src/lesson/exerciseSession';
import { LocalPlace } from '../../../src/lesson/localPlace';

const [folder = '', group = '', number, side] = process.argv.slice(2);
const program = { path: join(folder, `${group}.py`), word: `${group}.py` };
let changes = 0;

/** Counts a change, and may be killed on either side of it. */
async function change<T>(work: () => Promise<T>): Promise<T> {
  changes += 1;
  const mine = changes === Number(number);
  if (mine && side === 'before') { process.kill(process.pid, 'SIGKILL'); }
  const result = await work();
  if (mine) { process.kill(process.pid, 'SIGKILL'); }
  return result;
}

class MortalHost extends LocalHost {
  override write(path: string, text: string): Promise<void> { return change(() => super.write(path, text)); }
  override mkdir(path: string): Promise<void> { return change(() => super.mkdir(path)); }
  override rmdir(path: string): Promise<void> { return change(() => super.rmdir(path)); }
}

const host = new MortalHost();
const owner = { pid: process.pid, startTicks: (await readProcess(host, process.pid))?.startTicks ?? 0 };
const place = await LocalPlace.open({
  host, program, record: new MadeRecord(join(folder, 'made', `${process.pid}.json`), () => Promise.resolve(owner)),
  saveProgram: () => change(() => writeFile(program.path, 'while True: pass\n')),
  spawn: (path, environment) => change(async () => {
    const child = spawn('python3', [path], { detached: true, stdio: 'ignore', env: { ...process.env, ...environment } });
    await new Promise((resolve, reject) => { child.once('spawn', resolve).once('error', reject); });
    return child;
  }),
  kill: (pid) => process.kill(pid, 'SIGTERM'),
});
const session = new ExerciseSession(place, group, systemClock);
// The polite end waits: the changes end with the last of the machine's.
for (const task of taskIds) {
  await session.do(task);
  // A shim (pyenv's, say) takes a while until it is Python.
  while (task === 'start' && session.observation?.program === undefined) { await session.look(); }
}
session.dispose();
process.stdout.write(String(changes));
