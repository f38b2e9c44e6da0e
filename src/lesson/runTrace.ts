import * as l10n from '@vscode/l10n';
import type { Sighting } from '../cgroup/startWatch';
import type { EngineFacts } from '../engine/engine';
import type { HelloStage } from '../engine/helloWorld';
import type { RunEvidence } from './runEvidence';
import type { Certainty, TraceStage, TraceStageId } from './traceStage';

/** What is known of the engine, for the names of its parts. */
export type TracedEngine = Pick<EngineFacts, 'version' | 'components'>;

/** The run as its stages, each with its own duration and evidence. Complete at every moment of a run: what is not there yet is pending. */
export function traceRun(evidence: RunEvidence, engine: TracedEngine | undefined): TraceStage[] {
  const isPodman = engine?.components.some(({ name }) => name === 'Podman Engine') ?? false;
  const seen = (role: Sighting['role']): Sighting | undefined => evidence.sightings.find((sighting) => sighting.role === role);
  const stageAt = (stage: HelloStage): number | undefined => evidence.stages.find((entry) => entry.stage === stage)?.at;
  const event = (action: string) => evidence.events.find((heard) => heard.action === action);
  const [shim, runtime, container] = [seen('shim'), seen('runtime'), seen('container')];
  const [start, started, died] = [stageAt('start'), event('start'), event('die')];
  const isOver = evidence.endedAt !== undefined;
  const wasStarted = started !== undefined || container !== undefined || died !== undefined;
  const version = (name: RegExp): string[] => engine?.components.filter((component) => name.test(component.name)).map((component) => l10n.t('The engine names its part: {0} {1}.', component.name, component.version)) ?? [];
  const between = (from: number | undefined, to: number | undefined): number | null => from === undefined || to === undefined || to < from ? null : round(to - from);
  const make = (id: TraceStageId, title: string, certainty: Certainty, from: number | undefined, millis: number | null, what: string, lines: readonly string[] = []): TraceStage => ({ id, title, certainty, from: from === undefined ? null : round(from), millis, what, evidence: lines });
  /** A part that nobody saw at work: by what came of it, it was. */
  const byResult = (): Certainty => wasStarted ? 'inferred' : isOver ? 'absent' : 'pending';
  const calls = evidence.requests.filter(({ path, status }) => status !== undefined && !path.startsWith('/images/'));

  return [
    make('request', l10n.t('The client asks the daemon'), calls.length > 0 ? 'observed' : isOver ? 'absent' : 'pending', stageAt('create') ?? stageAt('look'),
      calls.length === 0 ? null : round(calls.filter(({ path }) => /\/(create|attach|start)(\?|$)/.test(path)).reduce((sum, { millis }) => sum + (millis ?? 0), 0)),
      l10n.t('The client (here: this extension) sends HTTP requests: create, attach, start, wait.'),
      evidence.requests.map(({ method, path, status, millis }) => status === undefined ? `${method} ${short(path)}` : l10n.t('{0} {1}: {2} after {3} ms', method, short(path), status, round(millis ?? 0)))),
    pullStage(evidence, make, stageAt),
    isPodman
      ? make('containerd', l10n.t('containerd takes over'), 'absent', undefined, null, l10n.t('Podman has no containerd: it starts the container\'s monitor itself.'))
      : make('containerd', l10n.t('containerd takes over'), byResult(), start, between(start, shim?.at),
        l10n.t('dockerd hands the start to containerd over a socket between the two, which nobody else hears. What shows it is the shim that containerd then starts.'),
        [...version(/^containerd$/i), ...(shim === undefined ? [] : [l10n.t('The shim\'s command line names the socket of its containerd: {0}', /-address (\S+)/.exec(shim.command)?.[1] ?? shim.command)])]),
    make('shim', isPodman ? l10n.t('conmon starts') : l10n.t('A shim starts'), shim === undefined ? byResult() : 'observed', shim?.at, between(shim?.at, runtime?.at ?? container?.at),
      isPodman ? l10n.t('Podman starts one conmon for the container, which stays with it.') : l10n.t('containerd starts one shim for the container, which stays with it: containerd may be restarted meanwhile.'),
      shim === undefined ? [...unseen(wasStarted), ...version(/conmon/i)] : [processLine(shim), l10n.t('Its parent is process {0}, {1}.', shim.parent, shim.parentName), shim.command]),
    make('runtime', l10n.t('runc sets it up'), runtime === undefined ? byResult() : 'observed', runtime?.at, between(runtime?.at, container?.at ?? started?.at),
      l10n.t('The runtime makes the namespaces and the control group, starts the program in them, and ends.'),
      [...(runtime === undefined ? unseen(wasStarted) : [processLine(runtime), l10n.t('Its parent is process {0}, {1}.', runtime.parent, runtime.parentName), runtime.command]), ...version(/runc|crun|OCI Runtime/i)]),
    make('process', l10n.t('The container\'s process runs'), wasStarted ? 'observed' : isOver ? 'absent' : 'pending', container?.at ?? started?.at, between(container?.at ?? started?.at, died?.at),
      l10n.t('The container is this process: a program of the image, in namespaces and a control group of its own.'),
      [
        ...(started === undefined ? [] : [l10n.t('Event "start" at {0}', engineTime(started.engineAt))]),
        ...(container === undefined ? [] : [processLine(container), l10n.t('Its parent is process {0}, {1}.', container.parent, container.parentName), ...(container.cgroup === undefined ? [] : [l10n.t('Its control group: {0}', container.cgroup)])]),
      ]),
    make('exit', l10n.t('Output and exit code come back'), died !== undefined || evidence.exitCode !== undefined ? 'observed' : isOver ? 'absent' : 'pending', died?.at ?? stageAt('inspect'), between(died?.at, evidence.endedAt),
      l10n.t('The shim has kept the output and waited for the exit code, and passes both on.'),
      [
        ...(died === undefined ? [] : [l10n.t('Event "die" at {0}, exit code {1}', engineTime(died.engineAt), died.exitCode ?? '?')]),
        ...(evidence.exitCode === undefined ? [] : [l10n.t('The wait was answered: exit code {0}', evidence.exitCode)]),
        ...(evidence.failure === undefined ? [] : [evidence.failure]),
      ]),
  ];
}

type Make = (id: TraceStageId, title: string, certainty: Certainty, from: number | undefined, millis: number | null, what: string, lines?: readonly string[]) => TraceStage;

function pullStage({ stages, pull, requests, endedAt }: RunEvidence, make: Make, stageAt: (stage: HelloStage) => number | undefined): TraceStage {
  const title = l10n.t('The daemon pulls the image');
  const from = stageAt('pull');
  if (from !== undefined) {
    const after = stages.find(({ at }) => at > from)?.at ?? endedAt;
    const answered = requests.find(({ path }) => path.startsWith('/images/create'));
    return make('pull', title, 'observed', from, after === undefined ? null : round(after - from), l10n.t('The image was not there: the daemon fetched it from its registry, layer by layer.'), [
      ...(answered === undefined ? [] : [`${answered.method} ${answered.path}`]),
      ...(pull === undefined || pull.layers === 0 ? [] : [l10n.t('Layers: {0}, {1} bytes', pull.layers, pull.bytes)]),
    ]);
  }
  const bundled = stageAt('load') !== undefined;
  if (!bundled && stageAt('create') === undefined && endedAt === undefined) { return make('pull', title, 'pending', undefined, null, l10n.t('Only when the image is not there yet.')); }
  return make('pull', title, 'absent', undefined, null, bundled
    ? l10n.t('The bundled image was handed to the daemon: no registry was asked.')
    : l10n.t('The image was there already: no registry was asked.'));
}

function unseen(wasStarted: boolean): string[] {
  return wasStarted ? [l10n.t('Not seen itself: it was gone too fast, or it is on another machine than this extension.')] : [];
}

function processLine({ pid }: Sighting): string {
  return l10n.t('Process {0}', pid);
}

/** As `docker events` writes it, but to the millisecond and in UTC. */
function engineTime(millis: number): string {
  return Number.isFinite(millis) && Math.abs(millis) < 8.64e15 ? new Date(millis).toISOString() : '?';
}

/** Ids as the docker command shows them. */
function short(path: string): string {
  return path.replace(/[0-9a-f]{64}/g, (id) => id.slice(0, 12));
}

function round(millis: number): number {
  return Math.round(millis * 10) / 10;
}
