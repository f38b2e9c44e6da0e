import * as l10n from '@vscode/l10n';
import { HumanError } from '../base/errors';
import type { Engine } from './engine';
import { EngineError } from './errors';
import { createNumbered } from './numbered';
import { roleLabel } from './ours';
import { pull, type PullProgress } from './pull';
import { isRemoved } from './removal';

export interface CpuDemoInput {
  engine: Engine;
  /** The setting helloContainers.cpuDemo.image. */
  image: string;
  /** Whether the user chose that image: then no other will do. */
  imageChosen: boolean;
  /** Text of the Python program. */
  program: string;
  onPull(progress: PullProgress): void;
  /** The image was not there and now is. */
  onPulled(image: string): void;
  signal: AbortSignal;
}

export interface CpuDemo {
  id: string;
  name: string;
  image: string;
}

/** The image cannot run the demo. */
export class NoPython extends HumanError {
  constructor(image: string, cause: unknown) {
    super(l10n.t('The image {0} has no python3, which the CPU demo needs. Choose another in the setting helloContainers.cpuDemo.image.', image), { cause });
  }
}

/**
 * Starts the program that computes as fast as it can, in a container of its own. Takes the given image, or another Python image
 * that the engine has, so that a pull is the last resort. Nothing stays behind when it fails or is cancelled.
 * @throws NoPython, PullFailed, EngineError, EngineUnreachable; an AbortError
 */
export async function startCpuDemo(input: CpuDemoInput): Promise<CpuDemo> {
  const { engine, signal } = input;
  const image = await findPythonImage(input);
  signal.throwIfAborted();
  const { id, name } = await createNumbered(engine, 'cpu-demo', { image, command: ['python3', '-u', '-c', input.program], labels: { [roleLabel]: 'cpu-demo' } });
  try {
    signal.throwIfAborted();
    await engine.startContainer(id);
    signal.throwIfAborted();
    return { id, name, image };
  } catch (error) {
    await isRemoved(engine.removeContainer(id, { force: true }));
    const missing = error instanceof EngineError && /executable file not found|no such file or directory/i.test(error.reply);
    throw missing ? new NoPython(image, error) : error;
  }
}

/**
 * Makes sure that the engine has an image that can run the demo: the given one, or another Python image when that one was not chosen.
 * @returns its tag
 * @throws PullFailed, EngineError, EngineUnreachable; an AbortError
 */
export async function findPythonImage({ engine, image, imageChosen, onPull, onPulled, signal }: Omit<CpuDemoInput, 'program'>): Promise<string> {
  if (await engine.inspectImage(image) !== undefined) { return image; }
  const other = imageChosen ? undefined : (await engine.listImages()).flatMap(({ tags }) => tags).find(isPython);
  if (other !== undefined) { return other; }
  try {
    await pull(engine, image, onPull, signal);
  } catch (error) {
    if (signal.aborted) { await isRemoved(engine.removeImage(image)); }
    throw error;
  }
  onPulled(image);
  return image;
}

/** By its name: "python:3.12-slim", "docker.io/library/python:3". Looking into an image means running it. */
function isPython(tag: string): boolean {
  return /^((docker\.io\/)?library\/)?(docker\.io\/)?python:3?(-|\.|$|latest)/.test(tag);
}
