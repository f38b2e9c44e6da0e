import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import type { EngineFacts } from '../engine/engine';
import type { JournalEntry } from './journal';
import type { StepId, StepState } from './step';
import { steps } from './steps';

export interface ReportInput {
  /** Milliseconds since the epoch. */
  at: number;
  extensionVersion: string;
  states: Readonly<Record<StepId, StepState>>;
  journal: Readonly<Partial<Record<StepId, JournalEntry>>>;
  engine: EngineFacts | undefined;
  /** Whether the engine's machine may be named. Without it, its name is left out wherever it occurs. */
  withHostName: boolean;
}

/** One line of the evidence, as an instructor's tools read it. Keys in this order: the hash depends on it. */
interface EvidenceLine {
  step: StepId;
  state: StepState['state'] | 'was done';
  /** ISO 8601, of when it was done. */
  doneAt?: string;
  reason: string;
  evidence: Readonly<Record<string, string | number>>;
}

/** Begins the block of evidence in a report; an instructor's command looks for it. */
const fence = '```jsonl';

/**
 * The lab report as Markdown: each step with its state, time and proof, and the same as a block of JSON lines with its SHA-256, so that a
 * change of the block shows. It proves that the block is whole, not who made it.
 */
export function reportOf(input: ReportInput): string {
  const { at, extensionVersion, engine, withHostName } = input;
  const hide = hider(withHostName ? [] : [engine?.name ?? '']);
  const lines = steps.map(({ id }) => lineOf(id, input, hide));
  const block = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
  const needed = steps.filter(({ optional }) => optional !== true);
  const done = needed.filter(({ id }) => lines.find(({ step }) => step === id)?.doneAt !== undefined).length;
  return [
    `# ${l10n.t('Lab report: Docker containers intro')}`,
    '',
    l10n.t('{0} of {1} steps done. Written {2} by Hello Containers {3}.', done, needed.length, new Date(at).toISOString(), extensionVersion),
    '',
    ...engine === undefined ? [l10n.t('No engine was connected.')] : engineLines(engine, withHostName),
    '',
    `| ${l10n.t('Step')} | ${l10n.t('State')} | ${l10n.t('Done at')} | ${l10n.t('What proves it')} |`,
    '|---|---|---|---|',
    ...lines.map((line, index) => `| ${index + 1}. ${cell(steps[index]?.title() ?? '')} | ${stateWord(line.state)} | ${line.doneAt ?? ''} | ${cell([line.reason, ...Object.entries(line.evidence).map(([name, value]) => `${name}: ${value}`)].join('; '))} |`),
    '',
    `## ${l10n.t('Evidence')}`,
    '',
    fence,
    `${block}\`\`\``,
    '',
    `SHA-256: ${hashOf(block)}`,
    '',
    l10n.t('To check that the evidence is whole, on any machine with a shell: `{0}`', verifyCommand('REPORT.md')),
    '',
  ].join('\n');
}

/** Prints the hash of a report's evidence: it must be the one in the report. Needs sed and sha256sum, and no network. */
export function verifyCommand(file: string): string {
  return `sed -n '/^${fence}$/,/^\`\`\`$/p' ${file} | sed '1d;$d' | sha256sum`;
}

function hashOf(block: string): string {
  return createHash('sha256').update(block).digest('hex');
}

function lineOf(step: StepId, { states, journal }: ReportInput, hide: (text: string) => string): EvidenceLine {
  const state = states[step];
  const entry = journal[step];
  const isDone = state.state === 'done';
  // As it was proven: later the same state may have other words.
  const proof = entry ?? state;
  return {
    step, state: !isDone && entry !== undefined ? 'was done' : state.state,
    ...entry === undefined ? {} : { doneAt: new Date(entry.at).toISOString() },
    reason: hide(proof.reason),
    evidence: Object.fromEntries(Object.entries(proof.evidence ?? {}).map(([name, value]) => [name, typeof value === 'string' ? hide(value) : value])),
  };
}

function engineLines({ name, id, version, apiVersion, operatingSystem, kernelVersion, architecture, cpus, cgroupVersion, cgroupDriver, components }: EngineFacts, withHostName: boolean): string[] {
  return [
    `- ${l10n.t('Engine')}: ${cell(`${version} (API ${apiVersion}), ${components.map((component) => `${component.name} ${component.version}`).join(', ')}`)}`,
    `- ${l10n.t('Engine\'s id')}: ${cell(id)}`,
    ...withHostName ? [`- ${l10n.t('Host')}: ${cell(name)}`] : [],
    `- ${l10n.t('Machine')}: ${cell(`${operatingSystem}, Linux ${kernelVersion}, ${architecture}`)}, ${l10n.t('{0} CPUs', cpus)}`,
    `- ${l10n.t('Control groups')}: v${cgroupVersion}, ${cell(cgroupDriver)}`,
  ];
}

/** Addresses lead to machines, and tell users' names: what is behind "ssh://" goes, but the usual socket, and each of the names. */
function hider(names: readonly string[]): (text: string) => string {
  const hidden = names.filter((name) => name !== '');
  const address = /\b(ssh|tcp|https?|unix|npipe):\/\/(?!\/(?:var\/)?run\/docker\.sock\b)[^\s,;)]+/g;
  return (text) => names.length === 0 ? text : hidden.reduce((shorter, name) => shorter.replaceAll(name, '…'), text.replace(address, '$1://…'));
}

function stateWord(state: EvidenceLine['state']): string {
  switch (state) {
    case 'done': return l10n.t('done');
    case 'was done': return l10n.t('was done');
    case 'open': return l10n.t('not done');
    case 'unknown': return l10n.t('not known');
  }
}

/** Text from engines in a table's cell or a line: neither markup, nor a new cell or line, which could begin another block of evidence. */
function cell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>|#]/g, '\\$&');
}
