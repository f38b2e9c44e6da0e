import { appendFile, chmod, copyFile, cp, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from '../processes.mjs';

export const SUITE = 'bookworm';

/** Docker fails without apparmor's parser when the kernel has apparmor; its service has nothing to do. */
const PACKAGES = [
  'systemd', 'systemd-sysv', 'udev', 'dbus', 'dbus-user-session', 'libpam-systemd', 'docker.io', 'iptables', 'apparmor', 'ca-certificates',
  'openssh-server', 'sudo', 'python3', 'iproute2', 'procps', 'kmod', 'busybox-static',
];
const LEFT_OUT = ['/usr/share/man/*', '/usr/share/locale/*', '/usr/share/doc/*'];
const ENABLED = ['systemd-networkd', 'ssh', 'docker', 'lab-first-boot'];
const MASKED = [
  'apparmor.service', 'apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'e2scrub_reap.service', 'fstrim.timer',
  'getty@tty1.service', 'serial-getty@ttyS0.service', 'systemd-networkd-wait-online.service', 'systemd-pstore.service',
];

/** Whose password is the user's own name; `root` and all of them are let in by key. */
export const USERS = /** @type {const} */ ({ student: ['docker'], teacher: ['sudo'], pupil: [] });

/** Its disk's modules, and what ext4 asks the kernel for without saying so among its dependencies. */
const BOOT_MODULES = ['crc32c_generic', 'virtio_pci', 'virtio_blk', 'ext4'];

/**
 * Makes the machine's files: Debian with systemd and Docker, and beside them its kernel and a small initramfs.
 * @param {object} options
 * @param {string} options.root   a folder to be made, for the files
 * @param {string} options.kernel a file to be written
 * @param {string} options.initrd a file to be written
 * @param {string} options.images an archive that the machine's Docker loads
 * @param {string} options.hostKey
 * @param {string} options.authorizedKey a public key that gets in
 * @param {string} options.certificates folder with what Docker needs for TLS
 * @param {string} options.logFile
 */
export async function makeRoot({ root, kernel, initrd, images, hostKey, authorizedKey, certificates, logFile }) {
  await debootstrap(root, logFile);
  await copyFile(join(root, 'boot/vmlinuz'), kernel);
  await makeInitrd(root, initrd);
  await cp(join(import.meta.dirname, 'files'), root, { recursive: true });
  // As in any installation; without one, systemd would take this for its very first boot and ask.
  await writeFile(join(root, 'etc/machine-id'), (await readFile('/proc/sys/kernel/random/uuid', 'utf8')).replaceAll('-', ''));
  const within = (/** @type {string[]} */ ...command) => run('chroot', [root, ...command], { logFile });
  await within('systemctl', 'enable', '--quiet', ...ENABLED);
  await within('systemctl', 'mask', '--quiet', ...MASKED);
  await copyFile(images, join(await made(root, 'var/lib/lab'), 'images.tar'));
  const tls = await made(root, 'etc/docker/tls');
  for (const file of ['ca.pem', 'cert.pem', 'key.pem']) await copyFile(join(certificates, file), join(tls, file));
  await chmod(join(tls, 'key.pem'), 0o600);

  for (const name of await readdir(join(root, 'etc/ssh'))) if (name.startsWith('ssh_host_')) await rm(join(root, 'etc/ssh', name));
  for (const [suffix, mode] of /** @type {const} */ ([['', 0o600], ['.pub', 0o644]])) {
    const target = join(root, `etc/ssh/ssh_host_ed25519_key${suffix}`);
    await copyFile(hostKey + suffix, target);
    await chmod(target, mode);
  }
  await authorize('root', 'root');
  for (const [user, groups] of Object.entries(USERS)) {
    await within('useradd', '--create-home', '--shell', '/bin/bash', ...(groups.length > 0 ? ['--groups', groups.join()] : []), user);
    await within('sh', '-c', 'echo "$0:$0" | chpasswd', user);
    await authorize(user, `home/${user}`);
  }

  /**
   * @param {string} user
   * @param {string} home
   */
  async function authorize(user, home) {
    const folder = await made(root, home, '.ssh');
    await copyFile(authorizedKey, join(folder, 'authorized_keys'));
    await chmod(folder, 0o700);
    await within('chown', '--recursive', `${user}:${user}`, `/${home}/.ssh`);
  }
}

/**
 * @param {string} root
 * @param {string} logFile
 */
async function debootstrap(root, logFile) {
  // In namespaces of its own: what it mounts and starts is gone with it, also when it is killed, and it is when we end.
  const contained = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];
  await run('setpriv', [
    ...contained, 'mmdebstrap', '--mode=root', '--variant=minbase', `--include=${PACKAGES.join()}`,
    '--aptopt=Acquire::Languages "none"', '--aptopt=APT::Install-Recommends "false"', ...LEFT_OUT.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    `--customize-hook=${join(import.meta.dirname, 'kernel.sh')}`,
    SUITE, root, `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${await mirror()} ${SUITE} main`,
  ], { logFile });
}

/** Where this machine itself gets that Debian from, if it does; it may be a mirror nearby, or the only one in reach. */
async function mirror() {
  const listed = await run('apt-get', ['indextargets', '--format', '$(SITE) $(RELEASE)', 'Created-By: Packages']);
  const ours = listed.split('\n').find((line) => line.endsWith(` ${SUITE}`));
  return ours?.split(' ')[0] ?? 'http://deb.debian.org/debian';
}

/**
 * @param {string} root
 * @param {string} initrd
 */
async function makeInitrd(root, initrd) {
  const modules = join(root, 'usr/lib/modules');
  const [version] = await readdir(modules);
  await run('depmod', ['--basedir', root, version]);
  const folder = `${initrd}.files`;
  for (const name of ['bin', 'dev', 'proc', 'newroot', 'modules']) await made(folder, name);
  await copyFile(join(root, 'usr/bin/busybox'), join(folder, 'bin/busybox'));
  await symlink('busybox', join(folder, 'bin/sh'));
  await copyFile(join(import.meta.dirname, 'init.sh'), join(folder, 'init'));
  await chmod(join(folder, 'init'), 0o755);
  for (const wanted of BOOT_MODULES) {
    const steps = await run('modprobe', ['--dirname', root, '--set-version', version, '--show-depends', wanted]);
    for (const [, file] of steps.matchAll(/^insmod (\S+)/gm)) {
      const name = basename(file);
      if (existsSync(join(folder, 'modules', name))) continue;
      await copyFile(file, join(folder, 'modules', name));
      await appendFile(join(folder, 'modules/order'), `${name}\n`);
    }
  }
  // Not compressed: there is nothing to inflate on a slow processor.
  await run('sh', ['-c', 'cd "$0" && find . | cpio --create --format=newc --quiet > "$1"', folder, initrd]);
  await rm(folder, { recursive: true });
}

/** @param {...string} parts */
async function made(...parts) {
  const folder = join(...parts);
  await mkdir(folder, { recursive: true });
  return folder;
}
