// A CPU limit on a machine with cgroup v2, whose engine is reached over TLS: what we say a limited program uses, by the engine's counters,
// beside what the kernel there accounts for it. That machine is emulated: its times say nothing, its shares do.
import { openV2Machine } from '../../../lab/v2/machine.mjs';
import { accuracy, usageMicrosV2 } from '../accuracy.mjs';
import { bundleSource, enginesAt } from '../source.mjs';

export async function measure({ log }) {
  const { ours, folder, remove } = await bundleSource();
  const machine = await openV2Machine({ log });
  try {
    const { dockerHost, certificates } = machine.address;
    const engines = await enginesAt(ours, dockerHost, folder, { env: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates }, pingMillis: 60_000 });
    try {
      const id = (await machine.ssh('student', 'docker', 'run', '--detach', '--network', 'none', 'busybox', 'sh', '-c', 'while :; do :; done')).trim();
      const account = async () => {
        const text = await machine.ssh('root', 'cat', '/proc/uptime', `/sys/fs/cgroup/system.slice/docker-${id}.scope/cpu.stat`);
        return { seconds: Number.parseFloat(text), micros: usageMicrosV2(text) };
      };
      return await accuracy({ ours, engines, id, host: new ours.LocalHost(), account, where: 'cgroup v2 (emulated machine)' });
    } finally {
      engines.dispose();
    }
  } finally {
    await machine.close();
    remove();
  }
}
