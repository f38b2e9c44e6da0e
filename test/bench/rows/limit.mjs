// A CPU limit: from the click's call to the kernel's changed file, beside the bare call of the API; and what a limited program uses.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '../../../lab/docker/http.mjs';
import { openEngine } from '../../../lab/engine.mjs';
import { run } from '../../../lab/processes.mjs';
import { accuracy, usageMicrosV2 } from '../accuracy.mjs';
import { atMost, quantile, spread } from '../figures.mjs';
import { bundleSource, enginesAt } from '../source.mjs';

const CHANGES = 40;
const MOST_OF_CALL = 1.1;

export async function measure({ log }) {
  const { ours, folder, remove } = await bundleSource();
  const lab = await openEngine({ name: 'bench-limit', fresh: true, keepImages: true, log });
  const engines = await enginesAt(ours, lab.host, folder);
  try {
    const id = (await run('docker', ['--host', lab.host, 'run', '--detach', '--network', 'none', 'busybox', 'sh', '-c', 'while :; do :; done'])).trim();
    const { engine } = engines.state;
    const host = new ours.LocalHost();
    const group = await ours.findContainerGroup(host, id, (await engine.inspectContainer(id)).pid);
    const account = () => ({ micros: usageMicros(group), seconds: performance.now() / 1_000 });
    return [await latency(ours, lab.socket, engine, id, group), ...await accuracy({ ours, engines, id, host, account, where: `cgroup ${group.version}` })];
  } finally {
    engines.dispose();
    await lab.close({ remove: true });
    remove();
  }
}

async function latency(ours, socketPath, engine, id, group) {
  const quota = () => Number(group.version === 'v2' ? readFileSync(`${group.dir}/cpu.max`, 'utf8').split(' ')[0] : readFileSync(`${group.dir}/cpu.cfs_quota_us`, 'utf8'));
  const ways = {
    ours: (micros) => ours.setCpuLimit(engine, id, micros / 100_000),
    bare: (micros) => request({ socketPath }, `/containers/${id}/update`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ CpuPeriod: 100_000, CpuQuota: micros }) }),
  };
  const millis = { ours: [], bare: [] };
  for (let change = 0; change < CHANGES; change += 1) {
    for (const name of change % 2 === 0 ? ['ours', 'bare'] : ['bare', 'ours']) {
      const micros = 10_000 + change * 200 + (name === 'ours' ? 100 : 0);
      const from = performance.now();
      const called = ways[name](micros);
      while (quota() !== micros) { await sleep(0); }
      millis[name].push(performance.now() - from);
      await called;
    }
  }
  return {
    what: 'limit: from the call to the kernel\'s file changed', unit: 'ms', ours: spread(millis.ours), beside: { what: 'POST …/update, bare', value: spread(millis.bare) },
    goal: atMost(`≤ ${MOST_OF_CALL} × the call`, MOST_OF_CALL, quantile(millis.ours, 0.5) / quantile(millis.bare, 0.5)),
  };
}

function usageMicros(group) {
  return group.version === 'v2' ? usageMicrosV2(readFileSync(`${group.dir}/cpu.stat`, 'utf8')) : Number(readFileSync(`${group.accountDir}/cpuacct.usage`, 'utf8')) / 1_000;
}
