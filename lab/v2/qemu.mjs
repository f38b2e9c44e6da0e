import { join } from 'node:path';
import { onExit } from '../cleanup.mjs';
import { endProcess, lastLines, signal, startDaemon, waitUntil } from '../processes.mjs';
import { connectQmp } from './qmp.mjs';
import { quote } from './quote.mjs';

/**
 * Everything that the saved memory depends on: it is resumed only by a machine of the same kind. Emulated, as a machine that
 * tests run on is often a virtual one itself; so are the processor's features, and the saved memory runs on any host.
 */
const HARDWARE = [
  '-machine', 'pc,usb=off,vmport=off', '-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'Nehalem', '-smp', '2', '-m', '2048',
  '-nodefaults', '-no-user-config', '-display', 'none', '-monitor', 'none', '-device', 'virtio-rng-pci',
];

/** What costs an emulated boot time and gives nothing here is off. */
const KERNEL_ARGUMENTS =
  'root=/dev/vda rw console=ttyS0 systemd.unified_cgroup_hierarchy=1 quiet loglevel=4 mitigations=off tsc=reliable no_timer_check ' +
  'cryptomgr.notests audit=0 random.trust_cpu=on';

/**
 * @typedef {object} Qemu
 * @property {string} console the file with what the machine writes to its serial line
 * @property {() => boolean} isAlive
 * @property {() => string} lastWords for an error message
 * @property {(file: string) => Promise<void>} save writes the running machine's memory to a file, and ends it
 * @property {() => Promise<void>} kill as pulling the plug
 */

/**
 * Starts a machine: from its disk, or from saved memory.
 * @param {object} options
 * @param {{ disk: string, kernel: string, initrd: string, memory: string }} options.image
 * @param {string} options.folder for its sockets and logs: a short path
 * @param {{ ssh: number, docker: number }} [options.ports] of 127.0.0.1, that lead to the machine's own
 * @param {boolean} [options.resume]  goes on with the saved memory
 * @param {boolean} [options.persist] writes to the disk; otherwise what is written is gone with the machine
 * @returns {Promise<Qemu>}
 */
export async function startQemu({ image, folder, ports, resume = false, persist = false }) {
  const [monitor, console, logFile] = ['qmp', 'console', 'qemu.log'].map((name) => join(folder, name));
  const forwards = ports ? `,hostfwd=tcp:127.0.0.1:${ports.ssh}-:22,hostfwd=tcp:127.0.0.1:${ports.docker}-:2376` : '';
  const args = [
    ...HARDWARE,
    '-kernel', image.kernel, '-initrd', image.initrd, '-append', KERNEL_ARGUMENTS,
    '-serial', `file:${console}`, '-qmp', `unix:${monitor},server=on,wait=off`,
    // A comma in a path is doubled for QEMU. "unsafe": the image is built anew rather than rescued.
    '-drive', `file=${image.disk.replaceAll(',', ',,')},if=none,id=disk,format=raw,cache=unsafe,aio=threads`, '-device', 'virtio-blk-pci,drive=disk',
    // No way out; in only by the two ports.
    '-netdev', `user,id=net,restrict=on${forwards}`, '-device', 'virtio-net-pci,netdev=net,romfile=',
    ...(persist ? [] : ['-snapshot']),
    ...(resume ? ['-incoming', `exec:zstd -qdc ${quote(image.memory)}`] : []),
  ];
  // Nobody but us needs it: it ends with this process, however that ends.
  const child = startDaemon('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...args], { logFile });
  const isAlive = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const lastWords = () => `${lastLines(logFile)}\n${lastLines(console)}`;
  const kill = async () => {
    forget();
    if (!child.pid || !isAlive()) return;
    signal(child.pid, 'SIGKILL');
    await waitUntil(() => !isAlive(), 10_000);
  };
  const forget = onExit(kill, () => {
    if (child.pid && isAlive()) signal(child.pid, 'SIGKILL');
  });
  /** @type {Awaited<ReturnType<typeof connectQmp>> | undefined} */
  let qmp;
  await waitUntil(async () => {
    qmp = await connectQmp(monitor).catch(() => undefined);
    return qmp !== undefined || !isAlive();
  }, 60_000);
  if (!qmp) {
    await kill();
    throw new Error(`QEMU did not start:\n${lastWords()}`);
  }
  const { command, close } = qmp;
  if (resume) await wake();
  return {
    console,
    isAlive,
    lastWords,
    kill,
    async save(file) {
      await command('migrate-set-parameters', { 'max-bandwidth': 10_000_000_000 });
      // Stopped first: while an emulated machine with several processors runs, QEMU may miss what it writes to its memory.
      await command('stop');
      await command('migrate', { uri: `exec:zstd -q -3 > ${quote(file)}` });
      /** @type {string} */
      let status = '';
      await waitUntil(async () => {
        ({ status } = await command('query-migrate'));
        return status === 'completed' || status === 'failed';
      }, 300_000);
      if (status !== 'completed') throw new Error(`The machine's memory was not saved (${status}):\n${lastWords()}`);
      await command('quit').catch(() => {});
      close();
      await waitUntil(() => !isAlive(), 30_000);
      if (child.pid) await endProcess(child.pid);
      forget();
    },
  };

  /** It was saved stopped, and is resumed so. */
  async function wake() {
    let status = '';
    await waitUntil(async () => {
      // It ends when it cannot read what was saved.
      if (isAlive()) ({ status } = await command('query-status').catch(() => ({ status })));
      return status !== 'inmigrate' || !isAlive();
    }, 300_000);
    if (status !== 'paused') {
      await kill();
      throw new Error(`The machine's memory was not read (${status}):\n${lastWords()}`);
    }
    await command('cont');
  }
}
