import * as l10n from '@vscode/l10n';
import type { CpuMax } from './cpu';

/** The longest file name on Linux, in bytes. */
const maxNameBytes = 255;
/** The kernel's limits for both numbers, in microseconds (kernel/sched: min_cfs_quota_period, max_cfs_quota_period, max_cfs_runtime). */
const minMicros = 1_000;
const maxPeriodMicros = 1_000_000;
const maxQuotaMicros = 2 ** 44 - 1;
/** One more than the largest process id of a 64-bit kernel (PID_MAX_LIMIT). */
const pidLimit = 4 * 1_024 * 1_024;

/** The kernel calls its own files "cgroup.…", or by the controller's name and a dot. */
const kernelPrefix = /^(cgroup|cpu|cpuacct|cpuset|memory|io|blkio|pids|devices|freezer|hugetlb|rdma|misc|dmem|net_cls|net_prio|perf_event|debug|irq)\./;
/** Those of v1 without a dot. */
const kernelFiles = new Set(['tasks', 'notify_on_release', 'release_agent']);

/** What is wrong with the name of a new group, in a sentence; undefined when nothing is. */
export function checkGroupName(name: string): string | undefined {
  if (name === '') { return l10n.t('A group needs a name.'); }
  if (name === '.' || name === '..') { return l10n.t('"{0}" is not a name: it stands for a folder that is there already.', name); }
  if (name.includes('/')) { return l10n.t('A group\'s name has no slash: each part of a path is a group of its own.'); }
  if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(name)) { return l10n.t('A group\'s name has no line break and no other invisible character: /proc lists groups by lines.'); }
  if (/\p{Z}/u.test(name)) { return l10n.t('A group\'s name should have no blanks: each command of the exercise would need quotes.'); }
  const bytes = Buffer.byteLength(name);
  if (bytes > maxNameBytes) { return l10n.t('This name is {0} bytes long. The kernel takes at most {1}.', bytes, maxNameBytes); }
  if (kernelFiles.has(name) || kernelPrefix.test(name)) { return l10n.t('"{0}" is, or could become, the name of one of the kernel\'s own files in a group. Choose another.', name); }
  return undefined;
}

/** What is wrong with a limit, in a sentence; undefined when nothing is. Both numbers are in microseconds. */
export function checkCpuMax({ quotaMicros, periodMicros }: CpuMax): string | undefined {
  return checkQuota(quotaMicros) ?? checkPeriod(periodMicros);
}

function checkQuota(micros: number): string | undefined {
  if (Number.isNaN(micros)) { return l10n.t('The quota is not a number. It is a count of microseconds: 10000 of each 100000 are 10 % of one core.'); }
  if (micros > maxQuotaMicros) { return l10n.t('The quota is more than the kernel can count: at most {0} microseconds.', maxQuotaMicros); }
  if (micros < 0) { return l10n.t('The quota is negative. To have no limit, lift it instead.'); }
  if (micros === 0) { return l10n.t('A quota of zero would let the program never run again. The kernel takes at least {0} microseconds; to stop a program for a while, pause it.', minMicros); }
  if (!Number.isInteger(micros)) { return l10n.t('The quota is not a whole number of microseconds.'); }
  if (micros < minMicros) { return l10n.t('The quota is under one millisecond: the kernel takes at least {0} microseconds. For a smaller share make the period longer.', minMicros); }
  return undefined;
}

function checkPeriod(micros: number): string | undefined {
  if (Number.isNaN(micros)) { return l10n.t('The period is not a number. It is a count of microseconds; 100000 is the usual one.'); }
  if (micros > maxPeriodMicros) { return l10n.t('The period is over one second: the kernel takes at most {0} microseconds.', maxPeriodMicros); }
  if (micros < 0) { return l10n.t('The period is negative.'); }
  if (micros === 0) { return l10n.t('The period is zero: there would be no time to take a share of.'); }
  if (!Number.isInteger(micros)) { return l10n.t('The period is not a whole number of microseconds.'); }
  if (micros < minMicros) { return l10n.t('The period is under one millisecond: the kernel takes at least {0} microseconds.', minMicros); }
  return undefined;
}

/** What is wrong with a process id, in a sentence; undefined when it could be one. Whether there is such a process only the machine knows. */
export function checkPid(pid: string | number): string | undefined {
  const text = String(pid).trim();
  if (text === '') { return l10n.t('A process id is needed: the number that "ps" or "pgrep" shows.'); }
  const value = Number(text);
  // Only decimal digits: Number reads "0x1f" and "1e3" too, the kernel does not.
  if (Number.isNaN(value) || !/^[+-]?(\d+(\.\d+)?(e\+\d+)?|Infinity)$/.test(text)) { return l10n.t('"{0}" is not a process id, which is a whole number.', text); }
  if (value < 0) { return l10n.t('A process id is never negative.'); }
  if (value === 0) { return l10n.t('0 is no process: in cgroup.procs it means the one who writes it, which would be moved itself.'); }
  if (value >= pidLimit) { return l10n.t('This number is too large for a process id: they are less than {0}.', pidLimit); }
  if (!/^\d+$/.test(text)) { return l10n.t('A process id is a whole number, without sign or fraction.'); }
  return undefined;
}
