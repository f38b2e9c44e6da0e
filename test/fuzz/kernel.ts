import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { HumanError } from '../../src/base/errors';
import { capabilityCount, decodeCapabilities } from '../../src/cgroup/capabilities';
import { findContainerGroup, readGroup } from '../../src/cgroup/containerCounters';
import { coresOf, formatCfs, formatCpuMax, parseCfs, parseCpuMax, parseCpuStatV1, parseCpuStatV2 } from '../../src/cgroup/cpu';
import { membersOf, readLimit } from '../../src/cgroup/demoGroup';
import { describeMachine } from '../../src/cgroup/describeMachine';
import { exerciseCommands, NoCpuHierarchy } from '../../src/cgroup/exerciseCommands';
import { exploreProcess } from '../../src/cgroup/explore';
import { helperCommand, HelperFailed, HelperHost } from '../../src/cgroup/helperHost';
import { controllerGroupOf, cpuGroupOf, folderOf, parseMounts, parseProcCgroup } from '../../src/cgroup/hierarchy';
import { checkCpuMax, checkGroupName, checkPid } from '../../src/cgroup/input';
import { explainKernelError, KernelRefused } from '../../src/cgroup/kernelErrors';
import { inspectMachine } from '../../src/cgroup/machine';
import { Meter } from '../../src/cgroup/meter';
import { whyNotMovable } from '../../src/cgroup/movable';
import { readHostNamespaces, readNamespaces } from '../../src/cgroup/namespaces';
import { observe } from '../../src/cgroup/observe';
import { findProgram, readProcess } from '../../src/cgroup/processes';
import { watchStart } from '../../src/cgroup/startWatch';
import { GroupUsage } from '../../src/cgroup/usage';
import type { Engine } from '../../src/engine/engine';
import { v1Machine } from '../unit/support/lessonFacts';
import { FakeClock } from '../unit/support/fakeClock';
import { ScriptedEngine } from '../unit/support/scriptedEngine';
import { AnyMachine, cgroupTexts, containerId, machine, mountTexts } from './anyMachine';
import { argument, fragment, hostileText, mutated } from './inputs';
import { assertFigures, holds, linear, orRejects, orThrows, parser, sizeOf } from './property';
import { procStat, procStatus, v1Stat, v2Stat } from './samples';
import { shellWords } from './shellWords';

const cpuMax = fc.tuple(fc.integer({ min: 0, max: 2 ** 44 }), fc.integer({ min: 1, max: 1_000_000 })).map(([quotaMicros, periodMicros]) => ({ quotaMicros, periodMicros }));
const path = fc.array(fc.oneof(fc.constantFrom('docker', 'a b', 'c\\d', 'user@1.service', '..'), fc.string({ minLength: 1, maxLength: 5 }).filter((part) => !/[/\n\0]/.test(part))), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
/** As the kernel writes a path into mountinfo (fs/proc_namespace.c: mangle). */
const mangled = (text: string): string => text.replace(/[ \t\n\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);

/** Readings as a kernel's counters give them: most grow, some go back or come at once. */
const readings = fc.array(fc.record({ later: fc.integer({ min: 0, max: 10_000 }), usage: fc.integer({ min: -100, max: 20_000_000 }), periods: fc.integer({ min: -2, max: 100 }), throttled: fc.integer({ min: -2, max: 120 }) }), { maxLength: 20 });

function scripted(pid = 15_248): Engine {
  const engine = new ScriptedEngine();
  engine.addContainer(containerId, {}, { pid });
  return engine;
}

/** A machine's text of one file alone, for what a pattern's time is measured by. */
const only = (files: Readonly<Record<string, string>>): AnyMachine => new AnyMachine({ files, others: [undefined], names: ['15248'], links: [undefined], writable: false });

const groupNames = fc.oneof({ weight: 3, arbitrary: fc.tuple(fc.constantFrom('demo', 'my-group', 'it\'s'), fragment).map(([name, odd]) => name + odd) }, hostileText).filter((name) => checkGroupName(name) === undefined);

/** As a shell reads the line for the helper: the outer words, then those of the "sh -c" in it. */
function wordsInHelper(line: string): string[] {
  const words = shellWords(line.replace(/^("(?:[^"\\]|\\.)*")$/, '$1'));
  return shellWords((words.at(-1) ?? '').replace(/ > /, ' '));
}

export const kernel = [
  parser('parseCpuMax',
    holds('reads back what is written', cpuMax, (max) => {
      assert.deepEqual(parseCpuMax(`${formatCpuMax(max)}\n`), max);
      assert.equal(parseCpuMax(formatCpuMax(null)), null);
    }),
    holds('is a limit in figures, none, or not known', mutated('max 100000\n', '10000 100000\n', 'max', '5000'), (text) => {
      const max = parseCpuMax(text);
      assertFigures(max);
      if (max) { assertFigures(coresOf(max)); }
    }),
    linear(parseCpuMax, ['1', ' ', 'max', '\n'])),
  parser('parseCfs',
    holds('reads back what is written', cpuMax, (max) => { assert.deepEqual(parseCfs(`${formatCfs(max).quota}\n`, `${formatCfs(max).period}\n`), max); }, 0.5),
    holds('is a limit in figures, none, or not known', fc.tuple(mutated('-1\n', '10000\n'), mutated('100000\n', '0')), ([quota, period]) => {
      const max = parseCfs(quota, period);
      assertFigures(max);
      if (max) { assertFigures(coresOf(max)); }
    }),
    linear((text) => parseCfs(text, text), ['1', '-', ' '])),
  parser('parseCpuStatV1 and parseCpuStatV2',
    holds('are figures, whatever the files hold', fc.tuple(mutated(v1Stat, v2Stat), mutated('5203311047\n', '18446744073709551615')), ([stat, usage]) => {
      assertFigures([parseCpuStatV1(stat, usage), parseCpuStatV2(stat)]);
      assert.equal(Object.keys(parseCpuStatV2(stat)).length, 4);
    }, 2),
    holds('read what the kernel counted', fc.record({ usage: fc.nat(), periods: fc.nat(), throttled: fc.nat(), time: fc.nat() }), ({ usage, periods, throttled, time }) => {
      assert.deepEqual(parseCpuStatV2(`usage_usec ${usage}\nnr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_usec ${time}\n`), { usageMicros: usage, nrPeriods: periods, nrThrottled: throttled, throttledMicros: time });
      assert.deepEqual(parseCpuStatV1(`nr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_time ${time * 1000}\n`, `${usage * 1000}\n`), { usageMicros: usage, nrPeriods: periods, nrThrottled: throttled, throttledMicros: time });
    }),
    linear((text) => [parseCpuStatV2(text), parseCpuStatV1(text, text)], ['usage_usec ', '1', '\n', ' '])),
  parser('parseProcCgroup',
    holds('says no more than it was told, and only paths', mutated(...cgroupTexts), (text) => {
      const groups = parseProcCgroup(text);
      for (const group of groups.values()) { assert.match(group, /^\//); }
      assert.ok(groups.size <= text.split(/[\n,]/).length);
    }),
    holds('reads what the kernel writes', fc.uniqueArray(fc.tuple(fc.constantFrom('cpu', 'cpuacct', 'memory', '', '__proto__', 'name=systemd'), path), { selector: ([name]) => name, maxLength: 5 }), (groups) => {
      assert.deepEqual([...parseProcCgroup(groups.map(([name, group], index) => `${index}:${name}:${group}\n`).join(''))], groups);
    }),
    linear(parseProcCgroup, ['0::/', '1:', ',', '\n', ':'])),
  parser('parseMounts and folderOf',
    holds('say no more than they were told', fc.tuple(mutated(...mountTexts), path), ([text, group]) => {
      const mounts = parseMounts(text);
      assert.ok(sizeOf(mounts) <= text.length * 3 + 50);
      for (const mount of mounts) { assert.ok(['undefined', 'string'].includes(typeof folderOf(mount, group))); }
    }),
    holds('read what the kernel writes', fc.tuple(path, path), ([root, mountPoint]) => {
      assert.deepEqual(parseMounts(`35 24 0:29 ${mangled(root)} ${mangled(mountPoint)} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n`), [{ version: 'v2', root, mountPoint, controllers: [''], readOnly: false }]);
    }),
    linear(parseMounts, [' - ', ' ', 'cgroup', '\\040', '\n', ','])),
  parser('decodeCapabilities',
    holds('names each bit of a mask', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (mask) => { assert.equal(decodeCapabilities(mask.toString(16).padStart(16, '0')).length, mask.toString(2).replaceAll('0', '').length); }, 0.5),
    holds('names bits that there are, or none', mutated('00000000a80435fb', 'ffffffffffffffff'), (text) => { assert.ok(decodeCapabilities(text).length <= 64 && decodeCapabilities('1ffffffffff').length === capabilityCount); }, 0.5),
    linear(decodeCapabilities, ['f', '0', '\n'])),
  parser('readProcess',
    holds('is a process in figures, or none', machine, async (host) => { assertFigures(await readProcess(host, 15_248)); }, 2),
    holds('reads what the kernel writes, whatever the program calls itself', fc.tuple(fc.string({ maxLength: 15, unit: 'grapheme' }), fc.array(argument, { maxLength: 4 }), fc.nat(1e9), fc.nat(60_000)), async ([name, command, ticks, uid]) => {
      const stat = `77 (${name}) S 5 77 77 0 -1 4194560 1 0 0 0 7 3 0 0 20 0 4 0 ${ticks} 4558848 301\n`;
      assert.deepEqual(await readProcess(only({ stat, status: `Name:\t${name.replace(/[\n\\]/g, '?')}\nUid:\t${uid}\t0\t0\t0\nNSpid:\t77\n`, cmdline: command.map((word) => `${word}\0`).join('') }), 77),
        { pid: 77, parent: 5, threads: 4, startTicks: ticks, command, uid, cpuMicros: 100_000, kernelThread: false, contained: false });
    }),
    linear((text) => readProcess(only({ stat: procStat.replace('python3', text), status: text, cmdline: text }), 77), [')', '(', ' ', 'Uid:\t', 'NSpid:\t1\t', '1\t', '\0', '\n'])),
  parser('findProgram',
    holds('finds processes in figures, or none', machine, async (host) => { assertFigures(await orRejects(() => findProgram(host, 'factorials.py'), Error)); }, 0.5),
    linear((text) => findProgram(only({ stat: procStat, status: procStatus, cmdline: text }), 'factorials.py', [77]), ['python', '/python3.', '1.', '/', '\0', 'factorials.py'])),
  parser('readNamespaces and readHostNamespaces',
    holds('are numbers by kind, or nothing', machine, async (host) => {
      for (const inode of Object.values({ ...await readNamespaces(host, 77), ...await readHostNamespaces(host) })) { assert.match(inode, /^\d+$/); }
    })),
  parser('cpuGroupOf, controllerGroupOf and findContainerGroup',
    holds('are folders, and of this container alone', machine, async (host) => {
      for (const found of [await cpuGroupOf(host, 77), await controllerGroupOf(host, 77, 'memory')]) { assert.equal(typeof (found?.dir ?? ''), 'string'); }
      const group = await findContainerGroup(host, containerId, 15_248);
      if (group === undefined) { return; }
      assert.ok(group.dir.includes(containerId));
      const { counters, max } = await readGroup(host, group);
      assertFigures([counters, max]);
    }, 2)),
  parser('GroupUsage',
    holds('is a reading in figures, or none', machine, async (host) => { assertFigures(await new GroupUsage(host, new FakeClock()).read(scripted(), containerId)); })),
  parser('inspectMachine and describeMachine',
    holds('say what a machine is, whatever its files hold', machine, async (host) => {
      const found = await inspectMachine(host);
      assertFigures(found);
      const { findings, ways } = describeMachine(found);
      assert.equal(ways.length, 4);
      // Its own words may be any.
      const words: string[] = [];
      JSON.stringify(found, (_key, value: unknown) => { if (typeof value === 'string' && value !== '') { words.push(value); } return value; });
      const ours = words.sort((a, b) => b.length - a.length).reduce((text, word) => text.replaceAll(word, ''), [...findings, ...ways.map(({ reason }) => reason)].join('\n'));
      assert.doesNotMatch(ours, /\bundefined\b|\bNaN\b|\[object/);
    }, 2),
    linear((text) => inspectMachine(only({ mountinfo: mountTexts[0] ?? '', cgroup: `0::${text}`, status: text, comm: text })), ['/user@1', '.service', 'abcdef', 'Uid:\t', '1\t', '/..'])),
  parser('exploreProcess',
    holds('shows groups and files of a readable length', machine, async (host) => {
      const found = await orRejects(() => exploreProcess(host, 15_248), Error);
      assertFigures(found?.process);
      for (const { text } of found?.groups.flatMap(({ files }) => files) ?? []) { assert.ok(text.length <= 401); }
    })),
  parser('observe, readLimit, membersOf and whyNotMovable',
    holds('see a program and its group, or none', machine, async (host) => {
      const seen = await orRejects(() => observe({ host, root: { version: 'v2', mount: '/sys/fs/cgroup', accountMount: '/sys/fs/cgroup' }, file: 'factorials.py', name: 'demo', before: new Set(), monotonic: () => 1 }), Error);
      assertFigures(seen);
      const group = { version: 'v1' as const, dir: '/sys/fs/cgroup/cpu/demo', accountDir: '/sys/fs/cgroup/cpu/demo' };
      assertFigures([await readLimit(host, group), await orRejects(() => membersOf(host, group), HumanError, Error)]);
      assert.doesNotMatch(await whyNotMovable(host, 77, 1000) ?? '', /NaN|undefined/);
    })),
  parser('watchStart',
    holds('sees parts of the start in figures', machine, async (host) => {
      const end = new AbortController();
      let looks = 0;
      // Two looks: the first knows nothing, the second sees what is new.
      const twice = { read: (file: string) => host.read(file), list: () => { looks += 1; if (looks > 2) { end.abort(); } return looks === 1 ? Promise.resolve([]) : Promise.resolve(['15248', '7', 'x']); } };
      const clock = new FakeClock();
      await watchStart(twice, containerId, clock, (sighting) => {
        assertFigures(sighting);
        assert.ok(['shim', 'runtime', 'container'].includes(sighting.role));
      }, end.signal);
    }, 0.05),
    linear(async (text) => {
      const end = new AbortController();
      let looks = 0;
      const host = only({ status: text, cmdline: text, cgroup: text });
      await watchStart({ read: (file) => host.read(file), list: () => { looks += 1; if (looks > 2) { end.abort(); } return Promise.resolve(looks === 1 ? [] : ['7']); } }, containerId, new FakeClock(), () => { }, end.signal);
    }, ['runc', 'runc init', 'containerd-shim', 'NSpid:\t1', '\t1', ' start', 'PPid:\t'], 0.02)),
  parser('Meter',
    holds('makes rates in figures of any readings', readings, (steps) => {
      const meter = new Meter();
      const now = { at: 0, usageMicros: 0, nrPeriods: 0, nrThrottled: 0, throttledMicros: 0 };
      for (const { later, usage, periods, throttled } of steps) {
        now.at += later;
        now.usageMicros = Math.max(0, now.usageMicros + usage);
        now.nrPeriods = Math.max(0, now.nrPeriods + periods);
        now.nrThrottled = Math.max(0, now.nrThrottled + throttled);
        const rate = meter.push({ ...now });
        assertFigures(rate);
        assert.ok((rate?.throttledShare ?? 0) <= 1);
      }
    }, 0.5)),
  parser('checkGroupName, checkPid and checkCpuMax',
    holds('take only what can be one', fc.tuple(hostileText, mutated('77', '4194303', '-1', '1e3'), fc.oneof(cpuMax, fc.record({ quotaMicros: fc.double(), periodMicros: fc.double() }))), ([name, pid, max]) => {
      if (checkGroupName(name) === undefined) { assert.ok(/^[^/\0\s]{1,255}$/u.test(name) && name !== '.' && name !== '..' && Buffer.byteLength(name) <= 255); }
      if (checkPid(pid) === undefined) { assert.ok(Number(pid) > 0 && Number(pid) < 2 ** 22 && Number.isInteger(Number(pid))); }
      if (checkCpuMax(max) === undefined) { assert.deepEqual(parseCpuMax(formatCpuMax(max)), { ...max }); }
    }, 2),
    linear((text) => [checkGroupName(text), checkPid(text)], ['1', '1e+', '.', ' ', 'cpu.'])),
  parser('exerciseCommands',
    holds('names the learner\'s own group and nothing else, to any shell', fc.tuple(groupNames, argument, fc.option(fc.integer({ min: 2, max: 4e6 })), fc.boolean()), ([group, program, pid, sudo]) => {
      const commands = exerciseCommands(v1Machine, { group, program: program === '' ? 'x' : program, pid: pid ?? undefined, sudo });
      const words = (line = ''): string[] => shellWords(line.replace(/^echo "?\S+( \S+)?"? (>|\| sudo tee) /, ''));
      assert.deepEqual(shellWords((commands.makeGroup.lines[0] ?? '').replace(/^sudo /, '')), ['mkdir', `/sys/fs/cgroup/cpu/${group}`]);
      assert.deepEqual(words(commands.limitTo10.lines[1]), [`/sys/fs/cgroup/cpu/${group}/cpu.cfs_quota_us`]);
    }),
    holds('does the same in a helper on the engine\'s machine', fc.tuple(groupNames, fc.option(fc.integer({ min: 2, max: 4e6 }))), ([group, pid]) => {
      const onEngine = { docker: ['docker'], helper: 'abc', container: 'by-hand', label: 'a=b', image: 'busybox' };
      const commands = exerciseCommands(v1Machine, { group, program: 'factorials.py', pid: pid ?? undefined, sudo: false, onEngine });
      const written = commands.limitTo10.lines[1] ?? '';
      assert.deepEqual(wordsInHelper(written), ['echo', '10000', `/sys/fs/cgroup/cpu/${group}/cpu.cfs_quota_us`]);
    }),
    holds('reaches a real shell\'s command as it was meant', fc.tuple(groupNames, fc.option(fc.integer({ min: 2, max: 4e6 }))), ([group, pid]) => {
      const onEngine = { docker: ['docker'], helper: 'abc', container: 'by-hand', label: 'a=b', image: 'busybox' };
      const line = orThrows(() => exerciseCommands(v1Machine, { group, program: 'factorials.py', pid: pid ?? undefined, sudo: false, onEngine }), NoCpuHierarchy)?.move.lines[0] ?? '';
      // "docker inspect" says a number; "docker exec" shows what the helper's shell gets, read by a shell once more.
      const docker = 'docker() { if [ "$1" = inspect ]; then echo 4711; else shift 4; printf \'%s\' "$1"; fi; }';
      const script = execFileSync('sh', ['-c', `${docker}; ${line}`], { encoding: 'utf8' });
      const target = execFileSync('sh', ['-c', `echo() { :; }; printf '%s' ${script.replace(/^echo \S+ > /, '')}`], { encoding: 'utf8' });
      assert.equal(target, `/sys/fs/cgroup/cpu/${group}/cgroup.procs`);
      assert.equal(/^echo "?(\d+)"? > /.exec(script)?.[1], String(pid ?? 4711));
    }, 0.03)),
  parser('helperCommand',
    holds('is words of one command', argument.filter((image) => image !== ''), (image) => { assert.ok(shellWords(helperCommand(image)).includes(image)); }, 0.5)),
  parser('HelperHost',
    holds('reads files at once as each is, or rejects with the kernel\'s code', fc.array(fc.oneof(fc.record({ text: hostileText.map((text) => text.toWellFormed()) }), fc.record({ complaint: mutated('cat: can\'t open \'/x\': No such file or directory', 'cat: read error: Invalid argument', 'OCI runtime exec failed') })), { minLength: 1, maxLength: 4 }), async (files) => {
      const engine = new ScriptedEngine();
      engine.addImage('busybox');
      engine.execute = (command) => {
        const asked = command[0] === 'cat' ? command.slice(1) : command.slice(5);
        const mark = command[0] === 'cat' ? undefined : command[4];
        const answers = asked.map((name) => files[Number(name)] ?? { text: '' });
        const complaints = answers.flatMap((file) => 'text' in file ? [] : [file.complaint.replaceAll('\n', ' ')]);
        const exitCode = mark === undefined && complaints.length > 0 ? 1 : 0;
        return { exitCode, stdout: answers.map((file) => ('text' in file ? file.text : '') + (mark === undefined ? '' : `${mark}${'text' in file ? 0 : 1}\n`)).join(''), stderr: complaints.map((line) => `${line}\n`).join('') };
      };
      const helper = await HelperHost.open({ engine, image: 'busybox' });
      const read = await Promise.allSettled(files.map((_, index) => helper.read(String(index))));
      for (const [index, file] of files.entries()) {
        const result = read[index];
        if ('text' in file) { assert.deepEqual(result, { status: 'fulfilled', value: file.text }); } else {
          assert.equal(result?.status, 'rejected');
          const reason: unknown = result.reason;
          assert.ok(reason instanceof HelperFailed || /^E[A-Z0-9]+$/.test((reason as NodeJS.ErrnoException).code ?? ''));
        }
      }
    }, 0.5)),
  parser('explainKernelError',
    holds('gives back an error whatever it gets', fc.tuple(fc.oneof(fc.anything(), fc.constantFrom('EBUSY', 'ENOENT', 'EINVAL', 'constructor').map((code) => Object.assign(new Error('x'), { code }))), fc.constantFrom('makeGroup', 'setLimit', 'move', 'removeGroup', 'enableCpu', 'read'), hostileText), ([error, operation, subject]) => {
      const explained = explainKernelError(error, operation, subject);
      assert.ok(Object.is(explained, error) || explained instanceof KernelRefused);
    }, 0.5)),
];
