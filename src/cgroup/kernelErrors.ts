import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';

/** What we asked of the kernel. `enableCpu` writes "+cpu" into cgroup.subtree_control. */
export type KernelOperation = 'makeGroup' | 'setLimit' | 'move' | 'removeGroup' | 'enableCpu' | 'read';

/** The kernel said no to something about control groups. */
export class KernelRefused extends HumanError {
  /** @param code the kernel's, as Node writes it: "EBUSY" */
  constructor(message: string, readonly code: string, readonly operation: KernelOperation, cause: unknown) {
    super(message, { cause });
  }
}

/**
 * Puts a refusal of the kernel into words: what it refused, why, and what to do next.
 * @param subject what the operation was about: the path of the group or file; for `move` the process id
 * @returns a KernelRefused with the error as its cause; the error itself when nothing is known about it
 */
export function explainKernelError(error: unknown, operation: KernelOperation, subject: string): unknown {
  const code: unknown = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  if (typeof code !== 'string' || error instanceof KernelRefused) { return error; }
  const sentence = sentences[operation].get(code);
  return sentence === undefined ? error : new KernelRefused(sentence(subject), code, operation, error);
}

type Sentences = ReadonlyMap<string, (subject: string) => string>;

/*
 * By operation and code. Sources: kernel/cgroup/cgroup.c, cgroup-v1.c and kernel/sched/core.c (tg_set_cfs_bandwidth), man 7 cgroups.
 * Sentences are repeated rather than composed: translators need them whole.
 */
const sentences: Record<KernelOperation, Sentences> = {
  makeGroup: new Map([
    ['EEXIST', (path) => l10n.t('The group {0} cannot be made: there is one of that name already. Choose another name, or remove that group first.', path)],
    ['EPERM', (path) => l10n.t('The group {0} cannot be made: the kernel does not permit it to this user. Use sudo, or a helper container.', path)],
    ['EACCES', (path) => l10n.t('The group {0} cannot be made: only the owner of the folder above may make groups there, and that is another user, mostly root. Use sudo, or a helper container.', path)],
    ['EROFS', (path) => l10n.t('The group {0} cannot be made: control groups are mounted read-only here, as in most containers. Not even root can change that from inside: use the machine itself, or a helper container.', path)],
    ['EINVAL', (path) => l10n.t('The group {0} cannot be made: the kernel takes no line break in a name. Choose another name.', path)],
    ['ENOSPC', (path) => l10n.t('The group {0} cannot be made: the kernel has no number left for another group (there are about 65,000). Remove groups that nobody uses.', path)],
    ['EAGAIN', (path) => l10n.t('The group {0} cannot be made: a group above allows no more groups, or no deeper ones (cgroup.max.descendants, cgroup.max.depth). Remove some, or choose another place.', path)],
    ['ENOENT', (path) => l10n.t('The group {0} cannot be made: the group above it is not there, or no control groups are mounted at that place. Make the upper one first.', path)],
    ['ENODEV', (path) => l10n.t('The group {0} cannot be made: the group above it was being removed at that moment. Choose another place.', path)],
    ['ENOTDIR', (path) => l10n.t('The group {0} cannot be made: a part of that path is a file, and groups are folders. Check the path.', path)],
    ['ENAMETOOLONG', (path) => l10n.t('The group {0} cannot be made: a name is longer than the kernel takes, 255 bytes. Choose a shorter one.', path)],
  ]),
  setLimit: new Map([
    ['EINVAL', (path) => l10n.t('The limit cannot be written to {0}: the kernel finds the numbers invalid. Quota and period are at least 1000 microseconds, the period at most 1000000; and with v1 a group gets no larger share than the group above it.', path)],
    ['EPERM', (path) => l10n.t('The limit cannot be written to {0}: the kernel does not permit it to this user. Use sudo, or a helper container.', path)],
    ['EACCES', (path) => l10n.t('The limit cannot be written to {0}: the file belongs to another user, mostly root. Use sudo, or a helper container.', path)],
    ['EROFS', (path) => l10n.t('The limit cannot be written to {0}: control groups are mounted read-only here, as in most containers. Use the machine itself, or a helper container.', path)],
    ['ENOENT', (path) => l10n.t('The limit cannot be written: there is no {0}. Either the group is gone, or its parent does not enable the cpu controller: write +cpu to the parent\'s cgroup.subtree_control first.', path)],
    ['ENODEV', (path) => l10n.t('The limit cannot be written to {0}: the group was removed meanwhile. Make it again.', path)],
    ['ENOTDIR', (path) => l10n.t('The limit cannot be written to {0}: a part of that path is a file, not a group. Check the path.', path)],
    ['ENAMETOOLONG', (path) => l10n.t('The limit cannot be written to {0}: a name in it is longer than 255 bytes, so there is no such group. Check the path.', path)],
  ]),
  move: new Map([
    ['ESRCH', (pid) => l10n.t('Process {0} cannot be moved: there is no such process here. It has ended, or the number is from inside a container, where processes have other numbers.', pid)],
    ['EPERM', (pid) => l10n.t('Process {0} cannot be moved: it belongs to another user, and the kernel permits that only to those who may set its priority (CAP_SYS_NICE). Use sudo, or choose a process of your own.', pid)],
    ['EACCES', (pid) => l10n.t('Process {0} cannot be moved: the kernel wants you to own the process, its new group and, with v2, also the group that encloses the old and the new one. Use sudo, or start the program in a scope of your own with systemd-run --user --scope.', pid)],
    ['EROFS', (pid) => l10n.t('Process {0} cannot be moved: control groups are mounted read-only here, as in most containers. Use the machine itself, or a helper container.', pid)],
    ['EINVAL', (pid) => l10n.t('Process {0} cannot be moved: the kernel takes no such process here. It is one of the kernel\'s own threads, or a real-time one, or what was written is not a process id. Choose an ordinary program.', pid)],
    ['EBUSY', (pid) => l10n.t('Process {0} cannot be moved there: that group enables controllers for groups below it, and with v2 such a group holds no processes itself. Move it into one of the groups below.', pid)],
    ['EOPNOTSUPP', (pid) => l10n.t('Process {0} cannot be moved there: that group holds threads, not whole processes (its cgroup.type is not "domain"). Move it into an ordinary group.', pid)],
    ['ENOENT', (pid) => l10n.t('Process {0} cannot be moved: the group is not there, or one of the two groups is outside of the cgroup namespace that you see. Make the group first, or use the machine itself.', pid)],
    ['ENODEV', (pid) => l10n.t('Process {0} cannot be moved: its new group was removed at that moment. Make the group again.', pid)],
    ['ENOSPC', (pid) => l10n.t('Process {0} cannot be moved there: that group has no processors or no memory to run on. With v1, fill its cpuset.cpus and cpuset.mems first.', pid)],
    ['ENOTDIR', (pid) => l10n.t('Process {0} cannot be moved: a part of the path is a file, not a group. Check the path.', pid)],
    ['ENAMETOOLONG', (pid) => l10n.t('Process {0} cannot be moved: a name in the path is longer than 255 bytes, so there is no such group. Check the path.', pid)],
  ]),
  removeGroup: new Map([
    ['EBUSY', (path) => l10n.t('The group {0} cannot be removed: there are processes or other groups in it. Stop the processes or move them to the group above, remove the groups below, and try again.', path)],
    ['EPERM', (path) => l10n.t('The group {0} cannot be removed: the kernel does not permit it to this user, and permits nobody to remove a hierarchy\'s root or single files of a group. Remove the folder of the group itself (rmdir, not rm -r), with sudo where needed.', path)],
    ['EACCES', (path) => l10n.t('The group {0} cannot be removed: the folder above belongs to another user, mostly root. Use sudo, or a helper container.', path)],
    ['EROFS', (path) => l10n.t('The group {0} cannot be removed: control groups are mounted read-only here, as in most containers. Use the machine itself, or a helper container.', path)],
    ['ENOENT', (path) => l10n.t('The group {0} cannot be removed: there is none. Somebody else, or systemd, removed it before: nothing is left to do.', path)],
    ['ENODEV', (path) => l10n.t('The group {0} cannot be removed: it was being removed at that moment. Look again: nothing should be left to do.', path)],
    ['ENOTDIR', (path) => l10n.t('The group {0} cannot be removed: it is a file, not a group. Check the path.', path)],
    ['ENOTEMPTY', (path) => l10n.t('{0} cannot be removed: it is a plain folder with plain files, never a control group, and what was written there limits nothing. Delete it like any folder.', path)],
    ['EINVAL', (path) => l10n.t('The group {0} cannot be removed: the path ends in ".", and the kernel wants the group\'s own name. Leave the folder and name it from outside.', path)],
    ['ENAMETOOLONG', (path) => l10n.t('The group {0} cannot be removed: a name in the path is longer than 255 bytes, so there is no such group. Check the path.', path)],
  ]),
  enableCpu: new Map([
    ['EBUSY', (path) => l10n.t('The cpu controller cannot be enabled in {0}: there are processes in that group, and with v2 a group either holds processes or shares out controllers; only the machine\'s root may do both. Move its processes into a group below first.', path)],
    ['EPERM', (path) => l10n.t('The cpu controller cannot be enabled in {0}: the kernel does not permit it to this user. Use sudo, or a helper container.', path)],
    ['EACCES', (path) => l10n.t('The cpu controller cannot be enabled in {0}: the file belongs to another user, mostly root. Use sudo, or a helper container.', path)],
    ['EROFS', (path) => l10n.t('The cpu controller cannot be enabled in {0}: control groups are mounted read-only here, as in most containers. Use the machine itself, or a helper container.', path)],
    ['ENOENT', (path) => l10n.t('The cpu controller cannot be enabled in {0}: the group is gone, or does not have that controller itself. Look into its cgroup.controllers: without "cpu" there, enable it in the group above first; on a v1 or hybrid machine v1 has it.', path)],
    ['EINVAL', (path) => l10n.t('The cpu controller cannot be enabled in {0}: the kernel does not know it (built without it, or switched off at boot), or there are real-time processes outside of the root group. Stop those, or use another machine.', path)],
    ['ENODEV', (path) => l10n.t('The cpu controller cannot be enabled in {0}: the group was removed meanwhile. Make it again.', path)],
    ['EOPNOTSUPP', (path) => l10n.t('The cpu controller cannot be enabled in {0}: the group is invalid beside threaded ones (cgroup.type says "domain invalid"). Use an ordinary group.', path)],
    ['ENOTDIR', (path) => l10n.t('The cpu controller cannot be enabled in {0}: a part of that path is a file, not a group. Check the path.', path)],
    ['ENAMETOOLONG', (path) => l10n.t('The cpu controller cannot be enabled in {0}: a name in it is longer than 255 bytes, so there is no such group. Check the path.', path)],
  ]),
  read: new Map([
    ['ENOENT', (path) => l10n.t('{0} cannot be read: it is not there. The group or the process is gone, or the group does not have that controller.', path)],
    ['ENODEV', (path) => l10n.t('{0} cannot be read: its group was removed meanwhile. Choose another group.', path)],
    ['ESRCH', (path) => l10n.t('{0} cannot be read: the process has ended meanwhile. Choose another one.', path)],
    ['EACCES', (path) => l10n.t('{0} cannot be read: it, or a folder above, belongs to another user and is not open to you. Use sudo.', path)],
    ['EPERM', (path) => l10n.t('{0} cannot be read: the kernel does not permit it to this user. Use sudo.', path)],
    ['EOPNOTSUPP', (path) => l10n.t('{0} cannot be read: that group holds threads, not whole processes. Read its cgroup.threads instead.', path)],
    ['EINVAL', (path) => l10n.t('{0} cannot be read: that file is only for writing. Read another one.', path)],
    ['ENOTDIR', (path) => l10n.t('{0} cannot be read: a part of that path is a file, not a group. Check the path.', path)],
    ['ENAMETOOLONG', (path) => l10n.t('{0} cannot be read: a name in it is longer than 255 bytes, so there is no such file. Check the path.', path)],
  ]),
};
