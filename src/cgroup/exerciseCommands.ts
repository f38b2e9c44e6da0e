import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { type CpuMax, formatCfs, formatCpuMax } from './cpu';
import type { CgroupMachine } from './machine';
import { shellQuote } from '../base/shellQuote';

export type ExerciseStep = 'start' | 'makeGroup' | 'limitTo50' | 'limitTo10' | 'move' | 'watch' | 'stop' | 'removeGroup';

/** What a learner types for one step, and what it does. */
export interface StepCommands {
  lines: string[];
  why: string;
}

/** A tenth of a second: the kernel's own period, and short enough for a smooth curve. */
const periodMicros = 100_000;

/** The engine's machine is reached through a helper container there, and the program runs in a container, too. */
export interface OnEngine {
  /** The docker command with what chooses the engine. */
  docker: readonly string[];
  /** The helper's id. */
  helper: string;
  /** Name of the program's container, its label and its image. */
  container: string;
  label: string;
  image: string;
}

/** There is no group to limit: the machine has no hierarchy with the cpu controller. */
export class NoCpuHierarchy extends HumanError {
  constructor() {
    super(l10n.t('No hierarchy with the cpu controller is mounted on this machine, so no command can limit a process here. Use a machine of a container engine instead.'));
  }
}

/**
 * The commands of the exercise for this machine.
 * @param input group: name of the new group, checked before  pid: the process; undefined for the last one that the same shell started
 * ($!)  program: path of the Python program  sudo: whether each write needs root  onEngine: where the exercise is done on an engine's machine
 * @throws NoCpuHierarchy
 */
export function exerciseCommands(machine: CgroupMachine, input: { group: string; pid: number | undefined; program: string; sudo: boolean; onEngine?: OnEngine }): Record<ExerciseStep, StepCommands> {
  const { version, cpuMount } = machine;
  if (version === undefined || cpuMount === undefined) { throw new NoCpuHierarchy(); }
  const { onEngine } = input;
  const docker = onEngine?.docker.map(shellQuote).join(' ') ?? '';
  const inHelper = onEngine && `${docker} exec ${shellQuote(onEngine.helper)}`;
  const write = (text: string, path: string): string => inHelper === undefined ? writeLine(text, path, input.sudo) : `${inHelper} sh -c ${quoteOutside(text, path)}`;
  const asRoot = inHelper === undefined ? input.sudo ? 'sudo ' : '' : `${inHelper} `;
  const dir = `${cpuMount}/${input.group}`;
  // With v1 the limit and the account may be in two hierarchies: a group and a move in each.
  const accountDir = machine.accountMount === undefined || machine.accountMount === cpuMount ? undefined : `${machine.accountMount}/${input.group}`;
  const dirs = accountDir === undefined ? [dir] : [dir, accountDir];
  const words = dirs.map(shellQuote).join(' ');
  const pid = input.pid !== undefined ? String(input.pid) : onEngine === undefined ? '$!' : `$(${docker} inspect --format {{.State.Pid}} ${onEngine.container})`;
  const limit = (quotaMicros: number): string[] => limitLines(version, dir, { quotaMicros, periodMicros }, write);
  return {
    start: onEngine === undefined
      ? { lines: [`python3 ${programWord(input.program)} &`], why: l10n.t('Starts the program. The "&" leaves it running in the background, and the shell shows its process id.') }
      : startInContainer(onEngine, docker, input.program),
    makeGroup: makeGroup(machine, cpuMount, `${asRoot}mkdir ${words}`, accountDir !== undefined, write),
    limitTo50: { lines: limit(50_000), why: l10n.t('50000 of each 100000 microseconds: half of one core, whatever the number of processes in the group.') },
    limitTo10: { lines: limit(10_000), why: l10n.t('10000 of each 100000 microseconds: 10 % of one core. It is in force at once, also for what runs already.') },
    move: {
      lines: dirs.map((path) => write(pid, `${path}/cgroup.procs`)),
      why: version === 'v1'
        ? l10n.t('Writing a process id into cgroup.procs moves the process with all its threads. (The file "tasks" would move one thread alone.)')
        : l10n.t('Writing a process id into cgroup.procs moves the process with all its threads.'),
    },
    watch: {
      lines: [`${inHelper === undefined ? '' : `${inHelper} `}cat ${[`${dir}/cpu.stat`, ...version === 'v1' ? [`${accountDir ?? dir}/cpuacct.usage`] : []].map(shellQuote).join(' ')}`],
      why: version === 'v1'
        ? l10n.t('Repeat it and compare. nr_periods counts the periods, nr_throttled those in which the group was stopped because its quota was used up; throttled_time and the CPU time in cpuacct.usage are nanoseconds.')
        : l10n.t('Repeat it and compare. nr_periods counts the periods, nr_throttled those in which the group was stopped because its quota was used up; usage_usec is the CPU time used, in microseconds.'),
    },
    stop: onEngine !== undefined
      ? { lines: [`${docker} rm --force ${onEngine.container}`], why: l10n.t('Ends the program and removes its container. Its limit was the group\'s, and stays there.') }
      : { lines: [`kill ${pid}`], why: l10n.t('Asks the program to end (SIGTERM). No root is needed for a program of your own.') },
    removeGroup: { lines: [`${asRoot}rmdir ${words}`], why: l10n.t('An empty group is removed like an empty folder; the kernel\'s files in it are no obstacle. With a process still inside, the kernel answers "Device or resource busy": wait until the program has ended, then repeat it.') },
  };
}

/** "docker cp" works with an engine on any machine; a folder of this one could not be shared with a remote one. */
function startInContainer({ container, label, image }: OnEngine, docker: string, program: string): StepCommands {
  const file = program.slice(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1);
  return {
    lines: [
      `${docker} create --name ${container} --label ${label} ${shellQuote(image)} python3 -u /${file}`,
      `${docker} cp ${programWord(program)} ${container}:/`,
      `${docker} start ${container}`,
    ],
    why: l10n.t('On the engine\'s machine the program runs in a container: made from an image, given the file, started. To that machine\'s kernel it is a process like any other.'),
  };
}

/** Without root: systemd makes the group, in the part of the tree that is the user's, and removes it when the program ends. */
export function userScopeCommands(program: string): StepCommands {
  return {
    lines: [`systemd-run --user --scope -p CPUQuota=10% python3 ${programWord(program)}`],
    why: l10n.t('systemd owns the tree and hands a part of it to each user. Asked this way it makes a group there, a "scope", writes its cpu.max, starts the program inside, and removes the group when the program ends. No root is needed.'),
  };
}

function makeGroup({ version, cpuEnabled }: CgroupMachine, cpuMount: string, mkdir: string, separate: boolean, write: (text: string, path: string) => string): StepCommands {
  if (version === 'v2' && cpuEnabled !== true) {
    return {
      lines: [write('+cpu', `${cpuMount}/cgroup.subtree_control`), mkdir],
      why: l10n.t('A group is a folder. With v2 it has a cpu.max only when its parent enables the cpu controller for its children, which the first command does.'),
    };
  }
  return {
    lines: [mkdir],
    why: separate
      ? l10n.t('A group is a folder; the kernel fills it with its files. Here one hierarchy limits (cpu) and another one counts (cpuacct), so there is a group in each.')
      : l10n.t('A group is a folder; the kernel fills it with its files.'),
  };
}

function limitLines(version: 'v1' | 'v2', dir: string, max: CpuMax, write: (text: string, path: string) => string): string[] {
  if (version === 'v2') { return [write(formatCpuMax(max), `${dir}/cpu.max`)]; }
  const { quota, period } = formatCfs(max);
  return [write(period, `${dir}/cpu.cfs_period_us`), write(quota, `${dir}/cpu.cfs_quota_us`)];
}

/** For the helper's shell, while a text "$(…)" that is written is still for the learner's own. A path may look like one and is none. */
function quoteOutside(text: string, path: string): string {
  // The path is that machine's word: nothing in it is for a shell.
  return text.startsWith('$(') ? `"echo \\"${text}\\" > ${shellQuote(path).replace(/["\\`$]/g, '\\$&')}"` : shellQuote(writeLine(text, path, false));
}

/** "sudo echo … > file" would open the file as the user: a redirection is the shell's, and does not cross sudo. */
function writeLine(text: string, path: string, sudo: boolean): string {
  const word = text.includes(' ') ? `"${text}"` : text;
  return sudo ? `echo ${word} | sudo tee ${shellQuote(path)}` : `echo ${word} > ${shellQuote(path)}`;
}

/** A file whose name begins with a dash would be taken for an option. */
function programWord(program: string): string {
  return shellQuote(program.startsWith('-') ? `./${program}` : program);
}
