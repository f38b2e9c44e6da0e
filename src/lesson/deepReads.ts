import * as l10n from '@vscode/l10n';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { messageOf } from '../base/errors';
import type { ProcessHost } from '../cgroup/host';
import type { Container } from '../engine/containers';
import type { Engine, EngineEvent } from '../engine/engine';
import { endedWell, isHelloWorld, isKernelProof, processToSee } from './candidates';
import type { ContainerProcess, KernelProof, LessonFacts, Read, Run, Twin } from './facts';
import { readContainerProcess } from './readProcess';
import { isWholeRun, readKernelProof, readRun, readTwin, toRunEvents, twinsOf } from './reads';

export type DeepFacts = Pick<LessonFacts, 'kernelProofs' | 'twins' | 'run' | 'process'>;

/** What is asked of each kind at most: a learner makes a few. The newest count. */
const most = 5;
/** Runs whose events are kept as they come. */
const mostHeard = 20;
/** After these a twin's files may be others, and the list does not say so. */
const changesFiles = /^(exec_die|extract-to-dir)/;

/**
 * Reads what the list of containers does not say, only for containers that a step is about, and only when something happened to them.
 * What was read stays until it is read anew, so that a step is not undone for a moment.
 */
export class DeepReads implements Disposable {
  private readonly changed = new Emitter<undefined>();
  private readonly heard = new Map<string, EngineEvent[]>();
  private engine: Engine | undefined;
  private ended = new AbortController();
  /** Commands in twins that ended: each may have changed files. */
  private twinRevision = 0;
  private twinIds = new Set<string>();
  private topics = new Topics(() => this.changed.fire(undefined), noEngine());

  /** Something was read. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly host: ProcessHost) { }

  get facts(): DeepFacts {
    const { kernelProofs, twins, run, process } = this.topics;
    return { kernelProofs: kernelProofs.value, twins: twins.value, run: run.value, process: process.value };
  }

  /** The engine's containers as they are now: begins to read what is not known of them yet. */
  update(engine: Engine | undefined, containers: readonly Container[]): void {
    if (engine !== this.engine) {
      this.engine = engine;
      this.ended.abort();
      this.ended = new AbortController();
      this.heard.clear();
      this.topics = new Topics(() => this.changed.fire(undefined), engine === undefined ? noEngine() : l10n.t('The engine is being asked.'));
    }
    if (engine === undefined) { return; }
    const { topics, host, ended: { signal } } = this;

    const proofs = newest(containers.filter((container) => isKernelProof(container) && endedWell(container)));
    topics.kernelProofs.look(keyOf(proofs), () => Promise.all(proofs.map((container) => readKernelProof(engine, container, signal))), proofs.length === 0 ? [] : undefined);

    const twins = newest(twinsOf(containers));
    this.twinIds = new Set(twins.map(({ id }) => id));
    topics.twins.look(`${keyOf(twins)} ${this.twinRevision}`, () => Promise.all(twins.map((container) => readTwin(engine, container))), twins.length === 0 ? [] : undefined);

    const [run] = newest(containers.filter((container) => isHelloWorld(container) && endedWell(container)));
    topics.run.look(run?.id ?? '', async () => run && readRun(engine, run, this.heard.get(run.id) ?? [], signal));

    const seen = processToSee(containers);
    topics.process.look(seen === undefined ? '' : `${seen.id} ${seen.status}`, async () => seen && readContainerProcess(host, engine, seen, signal));
  }

  /** An event of the engine. @returns whether there is something to read that the list does not tell of */
  accept(event: EngineEvent): boolean {
    const { type, id, action, attributes } = event;
    if (type !== 'container') { return false; }
    if (this.twinIds.has(id) && changesFiles.test(action)) {
      this.twinRevision += 1;
      return true;
    }
    if (toRunEvents([event]).length > 0 && isHelloWorld({ image: attributes.image ?? '', labels: attributes })) { this.hear(id, event); }
    return false;
  }

  dispose(): void {
    this.ended.abort();
    this.changed.dispose();
  }

  private hear(id: string, event: EngineEvent): void {
    const events = this.heard.get(id) ?? [];
    if (!isWholeRun(toRunEvents(events))) { this.heard.set(id, [...events, event]); }
    const [oldest] = this.heard.keys();
    if (this.heard.size > mostHeard && oldest !== undefined) { this.heard.delete(oldest); }
  }
}

class Topics {
  readonly kernelProofs: Topic<readonly KernelProof[]>;
  readonly twins: Topic<readonly Twin[]>;
  readonly run: Topic<Run | undefined>;
  readonly process: Topic<ContainerProcess | undefined>;

  constructor(changed: () => void, why: string) {
    this.kernelProofs = new Topic({ why }, changed);
    this.twins = new Topic({ why }, changed);
    this.run = new Topic({ why }, changed);
    this.process = new Topic({ why }, changed);
  }
}

/** One thing that is read, and what it was read for. */
class Topic<T> {
  private key: string | undefined;

  constructor(public value: Read<T>, private readonly changed: () => void) { }

  /** @param nothing what is known without reading */
  look(key: string, read: () => Promise<T>, nothing?: T): void {
    if (key === this.key) { return; }
    this.key = key;
    if (nothing !== undefined) {
      this.value = { value: nothing };
      return;
    }
    const take = (value: Read<T>): void => {
      if (this.key !== key) { return; }
      this.value = value;
      this.changed();
    };
    read().then((value) => take({ value }), (error: unknown) => take({ why: messageOf(error) }));
  }
}

function noEngine(): string {
  return l10n.t('There is no engine to ask.');
}

function newest(containers: readonly Container[]): Container[] {
  return containers.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, most);
}

function keyOf(containers: readonly Container[]): string {
  return containers.map(({ id, state }) => `${id} ${state}`).join(' ');
}
