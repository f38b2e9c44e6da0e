import * as l10n from '@vscode/l10n';
import type { CgroupMachine } from './machine';

/** A way to write into control groups. */
export interface WayToWrite {
  way: 'direct' | 'sudo' | 'userScope' | 'helper';
  possible: boolean;
  /** Why, or why not, in a sentence. */
  reason: string;
}

export interface MachineDescription {
  title: string;
  /** One sentence or two each. */
  findings: string[];
  /** Always all four, in the order in which to try them. */
  ways: WayToWrite[];
}

/** What a machine's control groups allow, in sentences for a learner. */
export function describeMachine(machine: CgroupMachine): MachineDescription {
  return {
    title: titleOf(machine),
    findings: [hierarchy(machine), whereCpuIs(machine), whetherEnabled(machine), whoMayWrite(machine), whatSystemdUndoes(machine), whatTheContainerMeans(machine)].filter((finding) => finding !== undefined),
    ways: [direct(machine), sudo(machine), userScope(machine), helper(machine)],
  };
}

function titleOf({ kind, version }: CgroupMachine): string {
  switch (kind) {
    case 'v1': return version === undefined ? l10n.t('Control groups v1, without the cpu controller') : l10n.t('Control groups v1');
    case 'v2': return version === undefined ? l10n.t('Control groups v2, without the cpu controller') : l10n.t('Control groups v2');
    case 'hybrid': return l10n.t('Control groups v1 and v2 side by side');
    case 'none': return l10n.t('No control groups here');
  }
}

function hierarchy({ kind, version }: CgroupMachine): string {
  switch (kind) {
    case 'v1': return l10n.t('This machine has control groups v1: each controller has a tree of its own, and a process is in one group of each.');
    case 'v2': return l10n.t('This machine has control groups v2: one tree for all controllers, and a process is in exactly one group.');
    case 'hybrid': return version === 'v2'
      ? l10n.t('This machine has both versions: some controllers have v1 trees, and the v2 tree has the others.')
      : l10n.t('This machine has both versions: v1 trees with the controllers, and a v2 tree without the cpu controller, where a limit cannot be written.');
    case 'none': return l10n.t('No control groups are mounted here: this is not Linux, or a very closed container.');
  }
}

function whereCpuIs({ kind, version, cpuMount, accountMount, cpuAvailable }: CgroupMachine): string | undefined {
  if (kind === 'none') { return undefined; }
  if (version === undefined || cpuMount === undefined) {
    return cpuAvailable === false
      ? l10n.t('The cpu controller is missing: "cpu" is not in cgroup.controllers, so no group gets a CPU limit here.')
      : l10n.t('The cpu controller is missing: no tree has it, so no group gets a CPU limit here.');
  }
  if (version === 'v2') { return l10n.t('The cpu controller is in the tree at {0}; limits are written to cpu.max.', cpuMount); }
  if (accountMount === undefined) { return l10n.t('The cpu controller is at {0}; limits are written to cpu.cfs_quota_us and cpu.cfs_period_us. No tree counts CPU time (cpuacct): throttling can be seen, CPU use cannot.', cpuMount); }
  return accountMount === cpuMount
    ? l10n.t('The cpu controller is at {0}, together with cpuacct, which counts CPU time; limits are written to cpu.cfs_quota_us and cpu.cfs_period_us.', cpuMount)
    : l10n.t('The cpu controller is at {0}; limits are written to cpu.cfs_quota_us and cpu.cfs_period_us. CPU time is counted in another tree, cpuacct at {1}: the exercise needs a group in both.', cpuMount, accountMount);
}

function whetherEnabled({ version, cpuMount, cpuEnabled }: CgroupMachine): string | undefined {
  if (version !== 'v2' || cpuMount === undefined) { return undefined; }
  return cpuEnabled === true
    ? l10n.t('+cpu is enabled in {0}/cgroup.subtree_control: a new group right below has a cpu.max at once.', cpuMount)
    : l10n.t('+cpu is not enabled in {0}/cgroup.subtree_control: a new group right below counts CPU time but has no cpu.max until it is.', cpuMount);
}

function whoMayWrite({ version, cpuMount, mayWrite, readOnly, uid }: CgroupMachine): string | undefined {
  if (version === undefined || cpuMount === undefined) { return undefined; }
  if (mayWrite) { return uid === 0 ? l10n.t('You are root here and may write to {0}.', cpuMount) : l10n.t('You may write to {0}.', cpuMount); }
  if (readOnly) { return l10n.t('{0} is mounted read-only: nobody may write there, not even root.', cpuMount); }
  return uid === 0 ? l10n.t('You are root here, but may not write to {0}.', cpuMount) : l10n.t('You may not write to {0}: it belongs to another user, mostly root.', cpuMount);
}

function whatSystemdUndoes({ version, systemd, delegatedTo }: CgroupMachine): string | undefined {
  if (!systemd || version === undefined) { return undefined; }
  if (version === 'v1') { return l10n.t('systemd manages groups of its own here. Leave those alone: it may undo at any time what others write there.'); }
  return delegatedTo === undefined
    ? l10n.t('systemd owns this tree. What others write into its groups it undoes at the next "systemctl daemon-reload": a +cpu written by hand, and a limit in the cpu.max of one of its services or scopes.')
    : l10n.t('systemd owns this tree. What others write into its groups it undoes at the next "systemctl daemon-reload": a +cpu written by hand, and a limit in the cpu.max of one of its services or scopes. It leaves alone what it has handed over: to you, {0}.', delegatedTo);
}

function whatTheContainerMeans({ inContainer }: CgroupMachine): string | undefined {
  return inContainer === undefined ? undefined : l10n.t('You are inside a container: {0}. What you see may be only its part of the machine, with names and process ids of its own, and the container\'s limits hold for all you start.', inContainer);
}

function direct({ version, cpuMount, cpuEnabled, mayWrite, readOnly }: CgroupMachine): WayToWrite {
  const way = 'direct';
  if (version === undefined || cpuMount === undefined) { return { way, possible: false, reason: l10n.t('There is no cpu controller to write to.') }; }
  if (!mayWrite) { return { way, possible: false, reason: readOnly ? l10n.t('{0} is mounted read-only.', cpuMount) : l10n.t('This user may not write to {0}.', cpuMount) }; }
  return {
    way, possible: true,
    reason: version === 'v2' && cpuEnabled !== true ? l10n.t('This user may write to {0}; +cpu has to be enabled first.', cpuMount) : l10n.t('This user may write to {0}.', cpuMount),
  };
}

function sudo({ version, mayWrite, readOnly, uid }: CgroupMachine): WayToWrite {
  const way = 'sudo';
  if (version === undefined) { return { way, possible: false, reason: l10n.t('There is no cpu controller to write to, for root neither.') }; }
  if (readOnly) { return { way, possible: false, reason: l10n.t('Control groups are mounted read-only here, for root too.') }; }
  if (uid === 0) { return { way, possible: false, reason: l10n.t('You are root already: sudo would add nothing.') }; }
  return { way, possible: true, reason: mayWrite ? l10n.t('Not needed here, but it works where you may use sudo.') : l10n.t('Root may write there. The commands are typed into a terminal that you see; sudo asks for your password itself, and this user must be allowed to use it.') };
}

function userScope({ version, systemd, delegatedTo }: CgroupMachine): WayToWrite {
  const way = 'userScope';
  if (version !== 'v2') { return { way, possible: false, reason: l10n.t('Only with v2 is it safe for systemd to hand the cpu controller to a user.') }; }
  if (!systemd) { return { way, possible: false, reason: l10n.t('systemd is not process 1 here.') }; }
  if (delegatedTo === undefined) { return { way, possible: false, reason: l10n.t('systemd has not handed the cpu controller to this user: there is no user@.service with it. That changes with the user\'s login, or with "Delegate=cpu" for user@.service.') }; }
  return { way, possible: true, reason: l10n.t('systemd has handed {0} to this user, with the cpu controller: systemd-run --user makes limited scopes there, without root.', delegatedTo) };
}

/** Whether there is an engine only the engines know. */
function helper({ version, inContainer }: CgroupMachine): WayToWrite {
  const way = 'helper';
  if (version === undefined) { return { way, possible: true, reason: l10n.t('Needs a container engine: its machine is a Linux with control groups, where the program then runs in a container.') }; }
  return {
    way, possible: true,
    reason: inContainer === undefined
      ? l10n.t('Needs a container engine on this machine that you may use. A short-lived container writes what you confirm, and nothing else.')
      : l10n.t('Needs a container engine that you may use. The helper works on the engine\'s machine, outside of this container: processes have other numbers there.'),
  };
}
