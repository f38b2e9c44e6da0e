import { readdirSync, readFileSync } from 'node:fs';

const docker = JSON.parse(readFileSync(new URL('samples/docker-20.10.json', import.meta.url), 'utf8')) as Record<string, unknown>;

/** What a real dockerd 20.10 answered, by what it was asked: list, inspect, events… Names of the machine were replaced. */
export function dockerSays(...names: readonly string[]): unknown[] {
  return names.map((name) => {
    const answer = docker[name];
    if (answer === undefined) { throw new Error(`there is no answer "${name}"`); }
    return answer;
  });
}

/** The same, each element of a list by itself. */
export function eachDockerSays(name: string): unknown[] {
  return dockerSays(name).flat();
}

const unitFixtures = new URL('../unit/cgroup/fixtures/', import.meta.url);

/** Texts of real kernels, from the files whose names end so. */
export function kernelSays(...ends: readonly string[]): string[] {
  return readdirSync(unitFixtures).filter((name) => ends.some((end) => name.endsWith(`${end}.txt`))).map((name) => readFileSync(new URL(name, unitFixtures), 'utf8'));
}

export const recordedRun = readFileSync('media/recorded-run.json', 'utf8');

/** /proc files of a container's process, as Linux 6.1 shows them. */
export const procStatus = `Name:\tpython3\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t15248\nNgid:\t0\nPid:\t15248\nPPid:\t15227\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t0 1 2 3\nNStgid:\t15248\t1\nNSpid:\t15248\t1\nNSpgid:\t15248\t1\nNSsid:\t15248\t1\nVmPeak:\t    4452 kB\nThreads:\t1\nSigQ:\t0/96394\nCapInh:\t0000000000000000\nCapPrm:\t00000000a80435fb\nCapEff:\t00000000a80435fb\nCapBnd:\t00000000a80435fb\nNoNewPrivs:\t0\nSeccomp:\t2\nvoluntary_ctxt_switches:\t12\n`;
export const procStat = '15248 (python3 (x) y) S 15227 15248 15248 0 -1 4194560 1175 0 0 0 733 21 0 0 20 0 1 0 82318 4558848 301 18446744073709551615 1 1 0 0 0 0 0 0 65538 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n';
export const procCmdline = 'python3\0-u\0/work/factorials.py\0';
export const v1Stat = 'nr_periods 5270\nnr_throttled 5231\nthrottled_time 471209110427\n';
export const v2Stat = 'usage_usec 5203311\nuser_usec 5101020\nsystem_usec 102291\nnr_periods 520\nnr_throttled 511\nthrottled_usec 46011204\nnr_bursts 0\nburst_usec 0\n';
