import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isAbort } from '../../src/base/errors';
import { HelperHost, helperCommand } from '../../src/cgroup/helperHost';
import { findHelperImage, pinnedHelperImage, pullHelperImage } from '../../src/cgroup/helperImage';
import { cpuGroupOf } from '../../src/cgroup/hierarchy';
import { cleanUp, findLeftovers } from '../../src/engine/cleanUp';
import { Conflict, NotFound } from '../../src/engine/errors';
import { helperRole, roleLabel } from '../../src/engine/ours';
import { figure, localHost, useBench } from './bench';
import { poll, rejectionOf } from './until';

/** Where the kernel shows the groups that limit CPU, and the files' names there. */
async function hierarchy() {
  const own = await cpuGroupOf(localHost, process.pid) ?? expect.fail('no cpu controller here');
  const mount = own.version === 'v2'
    ? '/sys/fs/cgroup'
    : readFileSync('/proc/self/mountinfo', 'utf8').split('\n').map((line) => line.split(' ')).find((fields) => fields.at(-1)?.split(',').includes('cpu'))?.[4] ?? expect.fail('no mount');
  return own.version === 'v2'
    ? { root: mount, quota: 'cpu.max', tenth: '10000', read: '10000 100000\n', tooLittle: '1 100000' }
    : { root: mount, quota: 'cpu.cfs_quota_us', tenth: '10000', read: '10000\n', tooLittle: '1' };
}

/** A group's name that only this test has. It goes with the test, after its processes were put back. */
async function ownGroup() {
  const place = await hierarchy();
  const dir = `${place.root}/hello-containers-helper-${process.pid}`;
  onTestFinished(async () => {
    if (!existsSync(dir)) { return; }
    for (const pid of readFileSync(`${dir}/cgroup.procs`, 'utf8').split('\n').filter((line) => line !== '')) { writeFileSync(`${place.root}/cgroup.procs`, pid); }
    await poll('the group is empty', () => readFileSync(`${dir}/cgroup.procs`, 'utf8') === '');
    rmdirSync(dir);
  });
  return { ...place, dir };
}

function sleeper(): ChildProcess & { pid: number } {
  const child = spawn('sleep', ['300'], { stdio: 'ignore' });
  onTestFinished(() => { child.kill('SIGKILL'); });
  return child.pid === undefined ? expect.fail('no sleep') : Object.assign(child, { pid: child.pid });
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await rejectionOf(promise);
  return (error as { code?: unknown }).code ?? error;
}

/** Seconds that only a process of this test sleeps. */
const longSleep = `3${process.pid}`;

/** Whether some process of this machine sleeps so many seconds. */
function isRunning(seconds: string): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${seconds}\0`;
    } catch {
      return false;
    }
  });
}

describe('a helper container', () => {
  const bench = useBench('busybox');

  /** A test with a helper, which is closed before the bench looks for what is left. */
  function helperTest(name: string, run: (helper: HelperHost) => Promise<void>): void {
    test(name, async () => {
      const from = performance.now();
      const helper = await HelperHost.open({ engine: bench().engine, image: 'busybox' });
      figure(`the helper is there after ${(performance.now() - from).toFixed(0)} ms`);
      try {
        await run(helper);
      } finally {
        await helper.close();
      }
    });
  }

  helperTest('sees the machine\'s files and processes as this machine does', async (helper) => {
    const { root, dir } = await ownGroup();
    expect(await helper.read(`/proc/${process.pid}/cgroup`)).toBe(readFileSync(`/proc/${process.pid}/cgroup`, 'utf8'));
    expect(await cpuGroupOf(helper, process.pid)).toEqual(await cpuGroupOf(localHost, process.pid));
    expect((await helper.list(root)).sort()).toEqual((await localHost.list(root)).sort());
    for (const [path, is] of [[root, true], [`${root}/cgroup.procs`, true], [dir, false], ['/bin', false], ['/bin/busybox', false]] as const) {
      expect([path, await helper.isWritable(path)]).toEqual([path, is]);
    }
    const from = performance.now();
    for (let i = 0; i < 10; i += 1) { await helper.read(`${root}/cgroup.procs`); }
    figure(`a read takes ${((performance.now() - from) / 10).toFixed(0)} ms`);
    const before = performance.now();
    await helper.close();
    figure(`the helper is gone after ${(performance.now() - before).toFixed(0)} ms`);
    expect(isAbort(await rejectionOf(helper.read('/proc/version')))).toBe(true);
    await helper.close();
  });

  helperTest('makes a group, limits it, moves a process in and out, and removes it, with the kernel\'s own refusals', async (helper) => {
    const { root, dir, quota, tenth, read, tooLittle } = await ownGroup();
    const { pid } = sleeper();
    const placeOf = (): string => readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    const home = (await cpuGroupOf(localHost, pid))?.dir ?? expect.fail('no group');

    await helper.mkdir(dir);
    expect(await codeOf(helper.mkdir(dir))).toBe('EEXIST');
    expect(await helper.isWritable(dir)).toBe(true);
    expect(await helper.list(dir)).toContain(quota);

    await helper.write(`${dir}/${quota}`, tenth);
    expect(await helper.read(`${dir}/${quota}`)).toBe(read);
    expect(readFileSync(`${dir}/${quota}`, 'utf8')).toBe(read);
    expect(await codeOf(helper.write(`${dir}/${quota}`, tooLittle))).toBe('EINVAL');
    expect(await codeOf(helper.write(`${dir}/${quota}`, 'what; rm -rf "$HOME" `id` \'\n'))).toBe('EINVAL');
    expect(readFileSync(`${dir}/${quota}`, 'utf8')).toBe(read);

    expect(placeOf()).not.toContain(dir.slice(root.length));
    await helper.write(`${dir}/cgroup.procs`, String(pid));
    expect(placeOf()).toContain(dir.slice(root.length));
    expect(await codeOf(helper.rmdir(dir))).toBe('EBUSY');
    expect(await codeOf(helper.write(`${dir}/cgroup.procs`, '4194303'))).toBe('ESRCH');
    expect(await helper.read(`${dir}/cgroup.procs`)).toBe(`${pid}\n`);
    await helper.write(`${home}/cgroup.procs`, String(pid));
    expect(placeOf()).not.toContain(dir.slice(root.length));

    for (const missing of [`${dir}/none`, `${dir}/none/none`]) {
      expect(await codeOf(helper.read(missing))).toBe('ENOENT');
      expect(await codeOf(helper.write(missing, '1'))).toBe('ENOENT');
      expect(await codeOf(helper.list(missing))).toBe('ENOENT');
      expect(await codeOf(helper.rmdir(missing))).toBe('ENOENT');
    }
    expect(await codeOf(helper.mkdir(`${dir}/none/none`))).toBe('ENOENT');
    // Beside the hierarchies there may be a plain tmpfs, where a file could be made.
    const beside = `/sys/fs/cgroup/hello-containers-helper-${process.pid}-file`;
    expect(await codeOf(helper.write(beside, '1'))).toBe('ENOENT');
    expect(existsSync(beside)).toBe(false);
    expect(await codeOf(helper.read(dir))).toBe('EISDIR');
    expect(await codeOf(helper.write(dir, '1'))).toBe('EISDIR');
    expect(await codeOf(helper.list(`${dir}/${quota}`))).toBe('ENOTDIR');
    expect(await codeOf(helper.mkdir('/hello'))).toBe('EROFS');
    expect(await codeOf(helper.write('/proc/version', '1'))).toMatch(/^(EACCES|EIO|EINVAL)$/);

    await helper.mkdir(`${dir}/inner`);
    expect(await codeOf(helper.rmdir(dir))).toMatch(/^(EBUSY|ENOTEMPTY)$/);
    await helper.rmdir(`${dir}/inner`);
    await helper.rmdir(dir);
    expect(existsSync(dir)).toBe(false);
  });

  helperTest('goes when it is closed in the middle of its work, and the work fails', async (helper) => {
    const { root } = await ownGroup();
    const reads = Array.from({ length: 5 }, () => rejectionOf((async () => { for (;;) { await helper.read(`${root}/cgroup.procs`); } })()));
    await helper.read(`${root}/cgroup.procs`);
    // In the machine's namespace of PIDs nothing ends with the container's first process by itself.
    const stop = new AbortController();
    const long = rejectionOf(bench().engine.exec(helper.containerId, ['sleep', longSleep], { signal: stop.signal }));
    await poll('a command that does not end by itself', () => isRunning(longSleep));
    await Promise.all([helper.close(), helper.close()]);
    await poll('no process of the helper', () => !isRunning(longSleep), 5_000);
    stop.abort();
    expect(isAbort(await long)).toBe(true);
    expect(await bench().engine.listContainers({ label: roleLabel })).toEqual([]);
    for (const error of await Promise.all(reads)) { expect(isAbort(error)).toBe(true); }
  });

  test('is not left when it could not start or was not wanted any more', async () => {
    const { engine } = bench();
    expect(await rejectionOf(HelperHost.open({ engine, image: 'no-such-image:1' }))).toBeInstanceOf(NotFound);
    const stop = new AbortController();
    const opening = rejectionOf(HelperHost.open({ engine, image: 'busybox', signal: stop.signal }));
    stop.abort();
    expect(await opening).toMatchObject({ name: 'AbortError' });
    expect(await engine.listContainers({ label: roleLabel })).toEqual([]);
  });

  helperTest('is found and removed by cleaning up when it was forgotten', async (helper) => {
    const { engine } = bench();
    const leftovers = await findLeftovers(engine, []);
    expect(leftovers.containers).toMatchObject([{ id: helper.containerId, state: 'running', labels: { [roleLabel]: helperRole } }]);
    await bench().docker('kill', helper.containerId);
    // It has ended, and the engine may have removed it by now.
    expect(await rejectionOf(helper.read('/proc/version'))).toSatisfy((error) => error instanceof Conflict || error instanceof NotFound);
    expect(await cleanUp(engine, leftovers, () => { }, new AbortController().signal)).toEqual({ removed: 1, failures: [] });
  });

  helperTest('is what the line for the terminal starts', async (helper) => {
    const command = helperCommand('busybox');
    figure(command);
    const [program, ...args] = command.split(' ');
    expect(program).toBe('docker');
    const id = await bench().docker(...args);
    const made = async (container: string) => {
      const [{ Config, HostConfig }] = JSON.parse(await bench().docker('inspect', container)) as [{ Config: Record<string, unknown>; HostConfig: Record<string, unknown> }];
      const { PidMode, CgroupnsMode, Binds, CapAdd, CapDrop, NetworkMode, ReadonlyRootfs, SecurityOpt, Privileged } = HostConfig;
      // The docker command may write the capability in full.
      return { PidMode, CgroupnsMode, Binds, CapAdd: (CapAdd as string[]).map((name) => name.replace(/^CAP_/, '')), CapDrop, NetworkMode, ReadonlyRootfs, SecurityOpt, Privileged, Cmd: Config.Cmd, Labels: Config.Labels };
    };
    expect(await made(id)).toEqual(await made(helper.containerId));
    expect(await made(id)).toMatchObject({ Privileged: false, CapAdd: ['SYS_NICE'], CapDrop: null, NetworkMode: 'none', ReadonlyRootfs: true });
    await bench().removeContainers();
  });
});

describe('the helper\'s image', () => {
  const bench = useBench('busybox');

  test('is named by what is in it, is the engine\'s own where it has one, and else the pinned one, which goes again with "Clean up"', async () => {
    const { engine, docker } = bench();
    const [id, digests] = JSON.parse(await docker('image', 'inspect', '--format', '[{{json .Id}},{{json .RepoDigests}}]', 'busybox')) as [string, string[]];
    expect(await findHelperImage(engine)).toEqual({ exact: id, name: 'busybox:latest', isHere: true });

    // The lab's registry stands for Docker Hub, with a busybox of its own.
    const pinned = { reference: digests[0] ?? expect.fail('no digest'), tag: 'busybox:1.36.1' };
    expect(await findHelperImage(engine, pinned)).toEqual({ exact: id, name: 'busybox:1.36.1', isHere: true });
    await docker('rmi', 'busybox');
    expect(await findHelperImage(engine)).toEqual({ exact: pinnedHelperImage.reference, name: 'busybox:1.36.1', isHere: false });
    expect(await pullHelperImage(engine, new AbortController().signal, pinned)).toBe('busybox:1.36.1');
    const found = await findHelperImage(engine, pinned);
    expect(found).toEqual({ exact: id, name: 'busybox:1.36.1', isHere: true });
    await (await HelperHost.open({ engine, image: found.exact })).close();

    const leftovers = await findLeftovers(engine, [pinned.tag]);
    expect(leftovers.images).toEqual([pinned.tag]);
    await cleanUp(engine, leftovers, () => { }, new AbortController().signal);
    expect(await findHelperImage(engine, pinned)).toMatchObject({ isHere: false });
    expect(await rejectionOf(pullHelperImage(engine, new AbortController().signal))).toMatchObject({ name: 'PullFailed' });
    await docker('pull', 'busybox');
  });
});

describe('a command in a container', () => {
  const bench = useBench('busybox');

  test('ends with its exit code and what it wrote, byte by byte', async () => {
    const { engine } = bench();
    const id = await bench().sleeper();
    expect(await engine.exec(id, ['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
    expect(await engine.exec(id, ['printf', '%s', ' „ü"$HOME`x`\n'])).toEqual({ exitCode: 0, stdout: ' „ü"$HOME`x`\n', stderr: '' });
    expect((await engine.exec(id, ['head', '-c', '1000000', '/dev/zero'])).stdout).toHaveLength(1_000_000);
    expect(await rejectionOf(engine.exec(id, ['cat', '/dev/zero']))).toMatchObject({ name: 'TooMuch' });
    const stop = AbortSignal.timeout(300);
    expect(await rejectionOf(engine.exec(id, ['sleep', '100'], { signal: stop }))).toMatchObject({ name: 'TimeoutError' });
    expect(await Promise.all(Array.from({ length: 20 }, (_, i) => engine.exec(id, ['sh', '-c', 'exit "$1"', 'sh', String(i)])))).toMatchObject(Array.from({ length: 20 }, (_, i) => ({ exitCode: i })));
    expect(await rejectionOf(engine.exec('none', ['true']))).toBeInstanceOf(NotFound);
    await bench().removeContainers();
  });
});
