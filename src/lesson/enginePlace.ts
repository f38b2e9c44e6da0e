import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import { sleep } from '../base/sleep';
import { within } from '../base/within';
import type { DemoGroup } from '../cgroup/demoGroup';
import { exerciseCommands, type ExerciseStep, type StepCommands } from '../cgroup/exerciseCommands';
import type { HelperHost } from '../cgroup/helperHost';
import { type CgroupMachine, inspectMachine } from '../cgroup/machine';
import type { GroupRoot } from '../cgroup/observe';
import type { Process } from '../cgroup/processes';
import type { Container } from '../engine/containers';
import type { Engine, OutputChunk } from '../engine/engine';
import { Conflict, NotFound } from '../engine/errors';
import { byHandRole, roleLabel, windowLabel } from '../engine/ours';
import { isRemoved } from '../engine/removal';
import { type ExercisePlace, programFile, rootOf } from './exercisePlace';

export interface EnginePlaceInput {
  engine: Engine;
  /** A helper on the engine's machine. */
  helper: HelperHost;
  /** The engine's containers now. */
  containers(): Iterable<Container>;
  /** Makes sure that the engine has an image with python3, and says which. */
  findImage(): Promise<string>;
  /** Text of the program, and the path under which it was saved for the learner's own commands. */
  program: string;
  programPath: string;
  /** The docker command with what chooses this engine. */
  docker: readonly string[];
  /** Names this window. */
  window: string;
  noteGroup(group: DemoGroup): Promise<void>;
  forgetGroup(group: DemoGroup): Promise<void>;
}

/** The engine's machine limits no CPU. */
export class NoCgroupsThere extends HumanError {
  constructor() {
    super(l10n.t('The engine\'s machine has no cgroup file system with a cpu controller, so no group there can limit CPU. Choose another engine.'));
  }
}

const containerName = 'by-hand';
/** Until a removed container's process is gone. Milliseconds. */
const endMillis = 10_000;

/** The machine of an engine: a helper container writes there, and the program runs in a container, too. */
export class EnginePlace implements ExercisePlace {
  readonly mayWrite = true;
  readonly file = programFile;
  readonly contained = true;
  readonly lookMillis = 3_000;

  private constructor(private readonly input: EnginePlaceInput, readonly machine: CgroupMachine, readonly root: GroupRoot, private readonly image: string) { }

  /** @throws NoCgroupsThere, and what the engine and findImage throw */
  static async open(input: EnginePlaceInput): Promise<EnginePlace> {
    // What the helper sees of itself (a container's marker, its own user) is not the machine's.
    const machine: CgroupMachine = { ...await inspectMachine(input.helper), inContainer: undefined, delegatedTo: undefined };
    const root = rootOf(machine);
    if (root === undefined) { throw new NoCgroupsThere(); }
    return new EnginePlace(input, machine, root, await input.findImage());
  }

  get host(): HelperHost { return this.input.helper; }

  async among(): Promise<readonly number[]> {
    const { engine } = this.input;
    const running = this.programContainers().filter(({ state }) => state === 'running');
    const details = await Promise.all(running.map(({ id }) => engine.inspectContainer(id).catch((error: unknown) => {
      // It may go at any moment.
      if (error instanceof NotFound) { return undefined; }
      throw error;
    })));
    return details.map((found) => found?.pid ?? 0).filter((pid) => pid > 0);
  }

  /** The container that a process is in, as the engine has it. */
  async containerOf(pid: number): Promise<string | undefined> {
    for (const { id } of this.programContainers()) {
      if ((await this.input.engine.inspectContainer(id)).pid === pid) { return id; }
    }
    return undefined;
  }

  /** What the program in a process prints from now on, line by line; undefined when the engine knows no such container. */
  async outputOf(pid: number, signal?: AbortSignal): Promise<AsyncIterable<string> | undefined> {
    const id = await this.containerOf(pid);
    return id === undefined ? undefined : linesOf(await this.input.engine.containerLogs(id, { follow: true, tail: 0, tty: false }, signal));
  }

  async startProgram(): Promise<void> {
    const { engine, program, window } = this.input;
    // One that ended is in the way of the name.
    for (const { id, state, labels } of this.programContainers()) {
      if (state !== 'running' && labels[roleLabel] === byHandRole) { await isRemoved(engine.removeContainer(id, { force: true })); }
    }
    const spec = {
      image: this.image,
      // The last word is for /proc: by it the process is known.
      command: ['python3', '-u', '-c', program, programFile],
      labels: { [roleLabel]: byHandRole, [windowLabel]: window },
    };
    const id = await engine.createContainer({ ...spec, name: containerName }).catch((error: unknown) => {
      // The name is somebody else's.
      if (error instanceof Conflict) { return engine.createContainer(spec); }
      throw error;
    });
    try {
      await engine.startContainer(id);
    } catch (error) {
      await isRemoved(engine.removeContainer(id, { force: true }));
      throw error;
    }
  }

  async stopProgram(program: Process): Promise<void> {
    const { engine } = this.input;
    const id = await this.containerOf(program.pid);
    if (id !== undefined) { await isRemoved(engine.removeContainer(id, { force: true })); }
    const longest = within(endMillis);
    while ([...this.programContainers()].some((container) => container.id === id) && !longest.aborted) { await sleep(50, longest); }
  }

  noteGroup(group: DemoGroup): Promise<void> { return this.input.noteGroup(group); }
  forgetGroup(group: DemoGroup): Promise<void> { return this.input.forgetGroup(group); }

  commands(group: string, pid: number | undefined): Record<ExerciseStep, StepCommands> {
    const { docker, helper, programPath } = this.input;
    return exerciseCommands(this.machine, {
      group, pid, program: programPath, sudo: false,
      onEngine: { docker, helper: helper.containerId.slice(0, 12), container: containerName, label: `${roleLabel}=${byHandRole}`, image: this.image },
    });
  }

  /** Whose command names the program, whoever made them. */
  private programContainers(): Container[] {
    return [...this.input.containers()].filter(({ labels, command }) => labels[roleLabel] === byHandRole || command.includes(programFile));
  }
}

async function* linesOf(output: AsyncIterable<OutputChunk>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const { data } of output) {
    const lines = (rest + decoder.decode(data, { stream: true })).split('\n');
    // No line of ours is longer; a hostile one must not fill the memory.
    rest = (lines.pop() ?? '').slice(-1_000);
    yield* lines;
  }
}
