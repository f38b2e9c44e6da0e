import * as l10n from '@vscode/l10n';
import type { DemoGroup } from '../cgroup/demoGroup';
import type { TaskId } from './exercise';

/** What is typed for a task on one machine, and what it does. */
export interface TaskCommands {
  lines: string[];
  why: string;
}

export interface CommandsInput {
  group: DemoGroup;
  /** Path of the program, as the terminal's folder sees it. */
  program: string;
  /** Undefined while it does not run. */
  pid: number | undefined;
  /** Whether the group's files need root, and we are not root. */
  sudo: boolean;
  /** v2: the folder in whose cgroup.subtree_control the cpu controller is missing. */
  enableCpuIn?: string | undefined;
}

/** The exact commands for each task. A redirection is the shell's own work and not sudo's: hence tee. */
export function commandsOf({ group, program, pid, sudo, enableCpuIn }: CommandsInput): Record<TaskId, TaskCommands> {
  const { version, dir, accountDir } = group;
  const root = sudo ? 'sudo ' : '';
  const write = (text: string, file: string): string => sudo ? `echo ${quote(text)} | sudo tee ${quote(file)}` : `echo ${quote(text)} > ${quote(file)}`;
  const limit = (quota: number): string[] => version === 'v2'
    ? [write(`${quota} 100000`, `${dir}/cpu.max`)]
    : [write('100000', `${dir}/cpu.cfs_period_us`), write(String(quota), `${dir}/cpu.cfs_quota_us`)];
  const folders = dir === accountDir ? [dir] : [dir, accountDir];
  const process = pid === undefined ? 'PID' : String(pid);
  const what = version === 'v2' ? 'cpu.max' : 'cpu.cfs_quota_us';
  return {
    'start': { lines: [`python3 -u ${quote(program)} > ${quote(program.replace(/\.py$/, '.log'))} &`], why: l10n.t('Runs the program in the background, with what it prints in a file.') },
    'make-group': {
      lines: [...(enableCpuIn === undefined ? [] : [write('+cpu', `${enableCpuIn}/cgroup.subtree_control`)]), ...folders.map((folder) => `${root}mkdir ${quote(folder)}`)],
      why: l10n.t('A folder in the cgroup file system is a group; the kernel puts its files into it.'),
    },
    'limit-50': { lines: limit(50_000), why: l10n.t('{0}: 50 ms of CPU time in each period of 100 ms is half of one core.', what) },
    'limit-10': { lines: limit(10_000), why: l10n.t('{0}: 10 ms in each 100 ms is a tenth of one core.', what) },
    'move': { lines: folders.map((folder) => write(process, `${folder}/cgroup.procs`)), why: l10n.t('Moves the process with all its threads. From this moment on the limit holds for it.') },
    'watch': { lines: [`cat ${quote(`${dir}/cpu.stat`)}`, `tail -n 3 ${quote(program.replace(/\.py$/, '.log'))}`], why: l10n.t('nr_throttled counts the periods in which the group was stopped; the program says how its work went.') },
    'stop': { lines: [`kill ${process}`], why: l10n.t('Asks the program to end.') },
    'remove-group': { lines: folders.map((folder) => `${root}rmdir ${quote(folder)}`), why: l10n.t('A group without processes and groups in it can be removed; its files are no obstacle.') },
  };
}

/** A word for a POSIX shell, whatever is in it. */
export function quote(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`;
}
