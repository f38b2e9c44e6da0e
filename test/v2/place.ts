import { expect } from 'vitest';
import type { User } from '../../lab/v2/ssh.mjs';
import { exerciseCommands, type ExerciseStep, type StepCommands } from '../../src/cgroup/exerciseCommands';
import { type CgroupMachine, inspectMachine } from '../../src/cgroup/machine';
import type { GroupRoot } from '../../src/cgroup/observe';
import { type Process, readProcess } from '../../src/cgroup/processes';
import { type ExercisePlace, rootOf } from '../../src/lesson/exercisePlace';
import { pause } from '../engine/until';
import { copy, run, ssh, SshHost } from './machine';

/** The exercise on that machine as one of its users, who types there. */
export class SshPlace implements ExercisePlace {
  readonly contained = false;
  readonly lookMillis = 1_000;
  readonly file = 'factorials.py';
  readonly host: SshHost;

  private constructor(private readonly user: User, readonly machine: CgroupMachine, readonly root: GroupRoot, readonly program: string) {
    this.host = new SshHost(user);
  }

  static async open(user: User): Promise<SshPlace> {
    const machine = await inspectMachine(new SshHost(user));
    const program = `/tmp/${user}/factorials.py`;
    await ssh(user, 'mkdir', '-p', `/tmp/${user}`);
    await copy('media/factorials.py', program, { user });
    return new SshPlace(user, machine, rootOf(machine) ?? expect.fail('that machine limits nothing'), program);
  }

  get mayWrite(): boolean { return this.machine.mayWrite; }

  async among(): Promise<readonly number[]> {
    const { stdout } = await run(this.user, ['pgrep', '--full', this.program]);
    return stdout.split('\n').filter((line) => line !== '').map(Number);
  }

  async startProgram(): Promise<void> {
    await ssh(this.user, 'sh', '-c', 'nohup python3 -u "$1" > /dev/null 2>&1 &', 'sh', this.program);
  }

  async stopProgram({ pid }: Process): Promise<void> {
    await ssh(this.user, 'kill', String(pid));
    while (await readProcess(this.host, pid) !== undefined) { await pause(100); }
  }

  noteGroup(): Promise<void> { return Promise.resolve(); }
  forgetGroup(): Promise<void> { return Promise.resolve(); }

  commands(group: string, pid: number | undefined): Record<ExerciseStep, StepCommands> {
    return exerciseCommands(this.machine, { group, pid, program: this.program, sudo: !this.mayWrite });
  }
}
