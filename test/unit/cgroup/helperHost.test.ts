import { beforeEach, describe, expect, test } from 'vitest';
import { HumanError, isAbort } from '../../../src/base/errors';
import { HelperFailed, helperCommand, HelperHost } from '../../../src/cgroup/helperHost';
import type { ExecResult } from '../../../src/engine/engine';
import { Conflict, explainRefusal, NotFound } from '../../../src/engine/errors';
import { helperRole, roleLabel, roleOf } from '../../../src/engine/ours';
import { ScriptedEngine } from '../support/scriptedEngine';
import { rejection } from '../support/streams';

let engine: ScriptedEngine;

beforeEach(() => {
  engine = new ScriptedEngine();
  engine.addImage('busybox');
});

const open = (signal?: AbortSignal): Promise<HelperHost> => HelperHost.open({ engine, image: 'busybox', ...(signal === undefined ? {} : { signal }) });

function fail(result: Partial<ExecResult>): void {
  engine.execute = () => ({ exitCode: 1, ...result });
}

describe('the helper container', () => {
  test('is made with what it needs of its machine and no more, and is known by its label', async () => {
    const helper = await open();
    expect(engine.specs).toEqual([{
      image: 'busybox', command: ['sleep', '600'], labels: { [roleLabel]: helperRole },
      host: {
        pidMode: 'host', cgroupnsMode: 'host', binds: ['/sys/fs/cgroup:/sys/fs/cgroup:rw'], capAdd: ['SYS_NICE'], networkMode: 'none', readonlyRootfs: true,
        securityOpt: ['no-new-privileges'], autoRemove: true,
      },
    }]);
    expect(roleOf({ [roleLabel]: helperRole })).toBeUndefined();
    await helper.close();
    expect(engine.calls).toEqual(['createContainer', 'startContainer c1', 'removeContainer c1 force']);
  });

  test('is shown as the line that starts it', () => {
    expect(helperCommand('busybox:1')).toBe('docker run --detach --label hello-containers.role=cgroup-helper --pid=host --cgroupns=host --volume /sys/fs/cgroup:/sys/fs/cgroup:rw '
      + '--cap-add SYS_NICE --network none --read-only --security-opt no-new-privileges --rm busybox:1 sleep 600');
    expect(helperCommand('a; it\'s')).toContain(' \'a; it\'\\\'\'s\' sleep');
  });

  test.each(['startContainer', 'createContainer'])('is not left when it was not wanted any more after %s', async (name) => {
    const stop = new AbortController();
    engine.after = (call) => { if (call.startsWith(name)) { stop.abort(); } };
    expect(await rejection(open(stop.signal))).toBe(stop.signal.reason);
    expect(engine.containers.size).toBe(0);
    expect(await rejection(open(stop.signal))).toBe(stop.signal.reason);
    expect(engine.count('createContainer')).toBe(1);
  });

  test('is not left when it does not start, and the reason is told, also when it cannot be removed', async () => {
    const reason = explainRefusal(500, 'no');
    engine.before = (call) => { if (call.startsWith('startContainer')) { throw reason; } };
    expect(await rejection(open())).toBe(reason);
    expect(engine.containers.size).toBe(0);
    engine.before = (call) => { if (/^(start|remove)Container/.test(call)) { throw call.startsWith('start') ? reason : new Error('cannot remove'); } };
    expect(await rejection(open())).toBe(reason);
  });

  test('is not pulled', async () => {
    expect(await rejection(HelperHost.open({ engine, image: 'absent' }))).toBeInstanceOf(NotFound);
    expect(engine.count('pullImage')).toBe(0);
  });

  test('is removed once, however often it is closed, and by whomever; a failed removal is tried again', async () => {
    const helper = await open();
    let works = false;
    engine.before = (call) => { if (call.startsWith('removeContainer') && !works) { throw explainRefusal(500, 'busy'); } };
    expect(await rejection(helper.close())).toMatchObject({ status: 500 });
    works = true;
    await Promise.all([helper.close(), helper.close()]);
    await helper.close();
    expect(engine.count('removeContainer')).toBe(2);
    const other = await open();
    engine.containers.clear();
    expect(await rejection(other.read('/x'))).toBeInstanceOf(NotFound);
    await other.close();
  });

  test('aborts what is under way when it is closed, and does nothing any more', async () => {
    const helper = await open();
    const going: (() => void)[] = [];
    engine.before = (call) => call.startsWith('exec') ? new Promise<void>((resolve) => { going.push(resolve); }) : undefined;
    const underWay = [rejection(helper.read('/a')), rejection(helper.isWritable('/a'))];
    await helper.close();
    for (const go of going) { go(); }
    engine.before = () => { };
    for (const error of await Promise.all([...underWay, rejection(helper.read('/a'))])) { expect(isAbort(error)).toBe(true); }
  });
});

describe('an operation', () => {
  test('hands paths and texts over as arguments, whatever is in them', async () => {
    const helper = await open();
    const commands: (readonly string[])[] = [];
    engine.execute = (command) => {
      commands.push(command);
      return { stdout: 'a\nb c\n' };
    };
    const [odd, text] = ['/$(reboot)\n"\'`', '"; reboot #'];
    expect(await helper.read(odd)).toBe('a\nb c\n');
    await helper.write(odd, text);
    await helper.mkdir(odd);
    await helper.rmdir(odd);
    expect(await helper.list(odd)).toEqual(['a', 'b c']);
    expect(await helper.isWritable(odd)).toBe(true);
    expect(commands.map(([program]) => program)).toEqual(['cat', 'sh', 'mkdir', 'rmdir', 'ls', 'sh']);
    for (const [program, option, script, ...args] of commands.filter(([program]) => program === 'sh')) {
      expect([program, option]).toEqual(['sh', '-c']);
      expect(script).not.toContain('reboot');
      expect(args).toContain(odd);
    }
    expect(commands[1]?.slice(3)).toEqual(['sh', odd, text]);
  });

  test.each([
    ['rmdir: \'/sys/fs/cgroup/a\': Device or resource busy', 'EBUSY'],
    ['rmdir: \'/sys/fs/cgroup/a\': Resource busy\n', 'EBUSY'],
    ['rmdir: \'/a\': Directory not empty', 'ENOTEMPTY'],
    ['sh: write error: Invalid argument\n', 'EINVAL'],
    ['sh: write error: No such process', 'ESRCH'],
    ['sh: write error: No space left on device', 'ENOSPC'],
    ['sh: write error: Operation not permitted', 'EPERM'],
    ['sh: write error: Operation not supported', 'EOPNOTSUPP'],
    ['sh: write error: Numerical result out of range', 'ERANGE'],
    ['sh: can\'t create /a/cpu.max: Permission denied', 'EACCES'],
    ['sh: can\'t create /a/b/cpu.max: nonexistent directory', 'ENOENT'],
    ['cat: can\'t open \'/a: Invalid argument\': No such file or directory', 'ENOENT'],
    ['cat: read error: Is a directory', 'EISDIR'],
    ['cat: read error: No such device', 'ENODEV'],
    ['ls: /a/: Not a directory', 'ENOTDIR'],
    ['mkdir: can\'t create directory \'/a\': File exists', 'EEXIST'],
    ['mkdir: can\'t create directory \'/a\': Read-only file system', 'EROFS'],
    ['warning: something\nmkdir: can\'t create directory \'/a\': Filename too long', 'ENAMETOOLONG'],
  ])('that the kernel refuses rejects with its code: %j', async (stderr, code) => {
    const helper = await open();
    fail({ stderr });
    for (const error of await Promise.all([helper.read('/a'), helper.write('/a', '1'), helper.mkdir('/a'), helper.rmdir('/a'), helper.list('/a')].map(rejection))) {
      expect(error).toMatchObject({ code, path: '/a' });
      expect((error as Error).message).toMatch(new RegExp(`^${code}: [^:]+, (open|write|mkdir|rmdir|scandir) '/a'$`));
      expect(error).not.toBeInstanceOf(HumanError);
    }
  });

  test.each([
    { exitCode: 137 }, { exitCode: 1 }, { exitCode: 1, stderr: 'something new' },
    { exitCode: 127, stderr: 'OCI runtime exec failed: exec: "sh": stat sh: No such file or directory' },
    { exitCode: 126, stderr: 'OCI runtime exec failed: Permission denied' },
  ])('that fails for another reason (%j) says so', async (result) => {
    const helper = await open();
    fail(result);
    const error = await rejection(helper.write('/sys/a', '1'));
    expect(error).toBeInstanceOf(HelperFailed);
    expect((error as Error).message).toContain('/sys/a');
    expect(error).not.toHaveProperty('code');
  });

  test('rejects with the engine\'s error when the engine fails', async () => {
    const helper = await open();
    await engine.stopContainer('c1');
    for (const error of await Promise.all([helper.read('/a'), helper.isWritable('/a')].map(rejection))) { expect(error).toBeInstanceOf(Conflict); }
  });
});

test('files that are read at once are read by one command, each with its own outcome', async () => {
  const helper = await open();
  const commands: (readonly string[])[] = [];
  engine.execute = (command) => {
    commands.push(command);
    const mark = command[4] ?? '';
    return { stdout: `one\0two${mark}0\n${mark}1\nno newline at its end${mark}0\n`, stderr: 'cat: can\'t open \'/b\': No such file or directory\n' };
  };
  const [a, b, c] = await Promise.allSettled([helper.read('/a'), helper.read('/b'), helper.read('/c')]);
  expect([a, c]).toMatchObject([{ value: 'one\0two' }, { value: 'no newline at its end' }]);
  expect(b).toMatchObject({ reason: { code: 'ENOENT', path: '/b' } });
  expect(commands).toHaveLength(1);
  engine.execute = () => ({ exitCode: 137 });
  for (const error of await Promise.all([helper.read('/a'), helper.read('/b')].map(rejection))) { expect(error).toBeInstanceOf(HelperFailed); }
});

test('a folder is listed although something in it went meanwhile', async () => {
  const helper = await open();
  fail({ stdout: 'a\nb\n', stderr: 'ls: /x/c: No such file or directory\n' });
  expect(await helper.list('/x')).toEqual(['a', 'b']);
});

test('what may not be written is no error, but not knowing is', async () => {
  const helper = await open();
  fail({ exitCode: 1, stderr: 'sh: can\'t create /a: Read-only file system' });
  expect(await helper.isWritable('/a')).toBe(false);
  fail({ exitCode: 137 });
  expect(await rejection(helper.isWritable('/a'))).toBeInstanceOf(HelperFailed);
});
