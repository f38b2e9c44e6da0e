import { readFileSync } from 'node:fs';
import { findProcesses } from '../../lab/processes.mjs';

/** Clock ticks of /proc/PID/stat a second: a constant of the kernel's interface (man 5 proc). */
const TICKS = 100;

/** CPU seconds that a process has used, its ended children not counted. @param {number} pid */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** How often a process's threads have gone to sleep of their own will, and so were woken. @param {number} pid */
export function voluntarySwitches(pid) {
  return Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** The extension hosts of VS Codes below a process. @param {number} server */
export function extensionHosts(server) {
  const all = findProcesses(() => true);
  const below = (pid) => all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return below(server).filter(({ args }) => args.includes('--type=extensionHost')).map(({ pid }) => pid);
}
