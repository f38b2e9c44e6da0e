import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exerciseCommands, type ExerciseStep, NoCpuHierarchy, userScopeCommands } from '../../../src/cgroup/exerciseCommands';
import { inspectMachine } from '../../../src/cgroup/machine';
import { shellQuote } from '../../../src/base/shellQuote';
import { FixedHost } from '../support/fixedHost';
import { debian, hybridVm, v1Together } from './machines';
import { tempDir } from '../support/tempDir';

const root = '/sys/fs/cgroup';

async function linesOn(host: FixedHost, sudo: boolean, input: { group?: string; pid?: number | undefined; program?: string } = {}): Promise<Record<ExerciseStep, string[]>> {
  const commands = exerciseCommands(await inspectMachine(host), { group: 'demo', pid: 77, program: 'factorials.py', sudo, ...input });
  return Object.fromEntries(Object.entries(commands).map(([step, { lines }]) => [step, lines])) as Record<ExerciseStep, string[]>;
}

test('v2 with sudo', async () => {
  expect(await linesOn(debian('student'), true)).toEqual({
    start: ['python3 factorials.py &'],
    makeGroup: ['sudo mkdir /sys/fs/cgroup/demo'],
    limitTo50: ['echo "50000 100000" | sudo tee /sys/fs/cgroup/demo/cpu.max'],
    limitTo10: ['echo "10000 100000" | sudo tee /sys/fs/cgroup/demo/cpu.max'],
    move: ['echo 77 | sudo tee /sys/fs/cgroup/demo/cgroup.procs'],
    watch: ['cat /sys/fs/cgroup/demo/cpu.stat'],
    stop: ['kill 77'],
    removeGroup: ['sudo rmdir /sys/fs/cgroup/demo'],
  });
});

test('v2 as root', async () => {
  expect(await linesOn(debian('root'), false)).toMatchObject({
    makeGroup: ['mkdir /sys/fs/cgroup/demo'],
    limitTo10: ['echo "10000 100000" > /sys/fs/cgroup/demo/cpu.max'],
    move: ['echo 77 > /sys/fs/cgroup/demo/cgroup.procs'],
    removeGroup: ['rmdir /sys/fs/cgroup/demo'],
  });
});

test('v2 whose root does not enable the cpu controller', async () => {
  const changed = { [`${root}/cgroup.subtree_control`]: 'memory pids\n' };
  expect((await linesOn(debian('student', changed), true)).makeGroup).toEqual(['echo +cpu | sudo tee /sys/fs/cgroup/cgroup.subtree_control', 'sudo mkdir /sys/fs/cgroup/demo']);
  expect((await linesOn(debian('root', changed), false)).makeGroup).toEqual(['echo +cpu > /sys/fs/cgroup/cgroup.subtree_control', 'mkdir /sys/fs/cgroup/demo']);
});

test('v1 with cpu and cpuacct together, with sudo', async () => {
  expect(await linesOn(v1Together(), true)).toEqual({
    start: ['python3 factorials.py &'],
    makeGroup: ['sudo mkdir /sys/fs/cgroup/cpu,cpuacct/demo'],
    limitTo50: ['echo 100000 | sudo tee /sys/fs/cgroup/cpu,cpuacct/demo/cpu.cfs_period_us', 'echo 50000 | sudo tee /sys/fs/cgroup/cpu,cpuacct/demo/cpu.cfs_quota_us'],
    limitTo10: ['echo 100000 | sudo tee /sys/fs/cgroup/cpu,cpuacct/demo/cpu.cfs_period_us', 'echo 10000 | sudo tee /sys/fs/cgroup/cpu,cpuacct/demo/cpu.cfs_quota_us'],
    move: ['echo 77 | sudo tee /sys/fs/cgroup/cpu,cpuacct/demo/cgroup.procs'],
    watch: ['cat /sys/fs/cgroup/cpu,cpuacct/demo/cpu.stat /sys/fs/cgroup/cpu,cpuacct/demo/cpuacct.usage'],
    stop: ['kill 77'],
    removeGroup: ['sudo rmdir /sys/fs/cgroup/cpu,cpuacct/demo'],
  });
});

test('v1 with two hierarchies needs a group and a move in each', async () => {
  expect(await linesOn(hybridVm(), false)).toMatchObject({
    makeGroup: ['mkdir /sys/fs/cgroup/cpu/demo /sys/fs/cgroup/cpuacct/demo'],
    limitTo10: ['echo 100000 > /sys/fs/cgroup/cpu/demo/cpu.cfs_period_us', 'echo 10000 > /sys/fs/cgroup/cpu/demo/cpu.cfs_quota_us'],
    move: ['echo 77 > /sys/fs/cgroup/cpu/demo/cgroup.procs', 'echo 77 > /sys/fs/cgroup/cpuacct/demo/cgroup.procs'],
    watch: ['cat /sys/fs/cgroup/cpu/demo/cpu.stat /sys/fs/cgroup/cpuacct/demo/cpuacct.usage'],
    removeGroup: ['rmdir /sys/fs/cgroup/cpu/demo /sys/fs/cgroup/cpuacct/demo'],
  });
});

test('without a process id the shell\'s last one is meant', async () => {
  expect(await linesOn(debian('root'), false, { pid: undefined })).toMatchObject({ move: ['echo $! > /sys/fs/cgroup/demo/cgroup.procs'], stop: ['kill $!'] });
});

test('names that mean something to a shell are quoted', async () => {
  expect(await linesOn(debian('student'), true, { group: 'it\'s', program: 'my lesson/-x.py' })).toMatchObject({
    start: ['python3 \'my lesson/-x.py\' &'],
    makeGroup: ['sudo mkdir \'/sys/fs/cgroup/it\'\\\'\'s\''],
    limitTo10: ['echo "10000 100000" | sudo tee \'/sys/fs/cgroup/it\'\\\'\'s/cpu.max\''],
  });
  expect((await linesOn(debian('student'), true, { program: '-x.py' })).start).toEqual(['python3 ./-x.py &']);
});

test('where nothing limits there are no commands', async () => {
  const machine = await inspectMachine(new FixedHost({}));
  expect(() => exerciseCommands(machine, { group: 'demo', pid: 77, program: 'factorials.py', sudo: false })).toThrow(NoCpuHierarchy);
});

test('each step says why', async () => {
  for (const host of [debian('root'), debian('root', { [`${root}/cgroup.subtree_control`]: '\n' }), hybridVm(), v1Together()]) {
    for (const { why } of Object.values(exerciseCommands(await inspectMachine(host), { group: 'demo', pid: 77, program: 'factorials.py', sudo: true }))) { expect(why).toMatch(/^[^{}]+[.)]$/); }
  }
});

test('on the machine of an engine, through a helper', async () => {
  const onEngine = { docker: ['docker', '--context', 'my lab'], helper: 'c0ffee', container: 'by-hand', label: 'hello-containers.role=by-hand', image: 'python:3-alpine' };
  const commands = exerciseCommands(await inspectMachine(debian('root')), { group: 'demo', pid: 77, program: '/home/me/factorials.py', sudo: false, onEngine });
  expect(Object.fromEntries(Object.entries(commands).map(([step, { lines }]) => [step, lines]))).toEqual({
    start: [
      'docker --context \'my lab\' create --name by-hand --label hello-containers.role=by-hand python:3-alpine python3 -u /factorials.py',
      'docker --context \'my lab\' cp /home/me/factorials.py by-hand:/',
      'docker --context \'my lab\' start by-hand',
    ],
    makeGroup: ['docker --context \'my lab\' exec c0ffee mkdir /sys/fs/cgroup/demo'],
    limitTo50: ['docker --context \'my lab\' exec c0ffee sh -c \'echo "50000 100000" > /sys/fs/cgroup/demo/cpu.max\''],
    limitTo10: ['docker --context \'my lab\' exec c0ffee sh -c \'echo "10000 100000" > /sys/fs/cgroup/demo/cpu.max\''],
    move: ['docker --context \'my lab\' exec c0ffee sh -c \'echo 77 > /sys/fs/cgroup/demo/cgroup.procs\''],
    watch: ['docker --context \'my lab\' exec c0ffee cat /sys/fs/cgroup/demo/cpu.stat'],
    stop: ['docker --context \'my lab\' rm --force by-hand'],
    removeGroup: ['docker --context \'my lab\' exec c0ffee rmdir /sys/fs/cgroup/demo'],
  });
  const before = exerciseCommands(await inspectMachine(debian('root')), { group: 'demo', pid: undefined, program: 'factorials.py', sudo: false, onEngine: { ...onEngine, docker: ['docker'] } });
  expect(before.move.lines).toEqual(['docker exec c0ffee sh -c "echo \\"$(docker inspect --format {{.State.Pid}} by-hand)\\" > /sys/fs/cgroup/demo/cgroup.procs"']);
});

test('what the engine\'s machine says is for no shell of the learner\'s', async () => {
  const machine = await inspectMachine(debian('root'));
  const commands = exerciseCommands({ ...machine, cpuMount: '/sys/fs/$(touch made)`touch made`";touch made;\\\'' }, { group: 'demo', pid: undefined, program: 'x.py', sudo: false, onEngine: { docker: ['echo'], helper: ';touch made;', container: 'by-hand', label: 'a=b', image: '$(touch made)' } });
  const folder = tempDir();
  for (const line of Object.values(commands).flatMap(({ lines }) => lines)) { execFileSync('sh', ['-c', line], { cwd: folder, env: { PATH: '/usr/bin:/bin' }, stdio: 'pipe' }); }
  expect(readdirSync(folder)).toEqual([]);
});

test('a scope of the user\'s own', () => {
  expect(userScopeCommands('my lesson.py').lines).toEqual(['systemd-run --user --scope -p CPUQuota=10% python3 \'my lesson.py\'']);
});

describe('a quoted word', () => {
  const print = (word: string): string => execFileSync('sh', ['-c', `printf %s ${word}`], { encoding: 'utf8' });

  test('has quotes only where it needs them', () => {
    expect(['factorials.py', '/sys/fs/cgroup/cpu,cpuacct/demo', '', '~', 'a=b', '$HOME'].map(shellQuote)).toEqual(['factorials.py', '/sys/fs/cgroup/cpu,cpuacct/demo', '\'\'', '\'~\'', '\'a=b\'', '\'$HOME\'']);
  });

  test('means what was quoted, to a real shell', () => {
    // A word of a command line cannot hold the character 0.
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('\'', '"', '\\', '$', '`', '!', '*', '~', '-', '\n', ' ', 'a', '(', ';', '&', '\u0081', '\u0088') })).map((word) => word.replaceAll('\0', ''));
    fc.assert(fc.property(text, (word) => { expect(print(shellQuote(word))).toBe(word); }), { numRuns: 150 });
  });
});

test('a group that is called like a command is not run by the shell, here or in the helper', async () => {
  const onEngine = { docker: ['docker'], helper: 'c0ffee', container: 'by-hand', label: 'a=b', image: 'x' };
  const { limitTo10, move } = exerciseCommands(await inspectMachine(debian('root')), { group: '$(touch${IFS}oops)', pid: undefined, program: 'factorials.py', sudo: false, onEngine });
  const docker = 'docker() { if [ "$1" = inspect ]; then echo 4711; else shift 4; printf \'%s\\n\' "$1"; fi; }';
  expect([...limitTo10.lines, ...move.lines].map((line) => execFileSync('sh', ['-c', `${docker}; ${line}`], { encoding: 'utf8' }))).toEqual([
    'echo "10000 100000" > \'/sys/fs/cgroup/$(touch${IFS}oops)/cpu.max\'\n', 'echo "4711" > \'/sys/fs/cgroup/$(touch${IFS}oops)/cgroup.procs\'\n',
  ]);
});
