import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagramNames, diagramTexts, readDiagram } from '../../../l10n/diagrams.mjs';
import { codeStrings } from './codeStrings';

const root = join(import.meta.dirname, '../../..');
const bundle = JSON.parse(readFileSync(join(root, 'l10n/bundle.l10n.json'), 'utf8')) as Record<string, string>;

/** Texts of two words and more that are nobody's language: what programs say and are told. By file, since elsewhere the same would be a mistake. */
const programs: [RegExp, RegExp, string][] = [
  [/^src\/engine\/requestWords\.ts$/, /^(GET|POST|docker) /, 'routes of the API, and docker commands'],
  [/^src\/cgroup\/helperHost\.ts$/, /^[A-Za-z/-]+( [a-z]+)+$|docker run|for file/, 'what shells of several libraries say for an errno'],
  [/^src\/engine\/sshRoute\.ts$/, /^REMOTE HOST|^Host key|^Permission denied|^GET /, 'what ssh says'],
  [/^src\/engine\/pull\.ts$/, /^(Pulling from|Download complete|Already exists|Pull complete)$/, 'what a Docker engine says while it pulls'],
  [/^src\/engine\/dockerEngine\.ts$/, /^invalid reference format/, 'what Docker says'],
  [/^src\/(engine|lesson|webviews)\//, /^Podman Engine$|^Rancher Desktop$/, 'names'],
  [/^src\/extension\.ts$/, /^Hello Containers$/, 'a name'],
  [/^src\/engine\/helloImage\.ts$/, /Hello from a container!/, 'the output of a program'],
  [/^src\/(lesson\/steps|engine\/doctor|commands\/joinDockerGroup|cgroup\/exerciseCommands)/, /sudo|docker|podman|busybox|python3| run | exec | diff | ps | events |^ ?(swarm|service) |^trap /, 'lines for a shell'],
  [/^src\/lesson\/report\.ts$/, /^was done$/, 'a state in the block of evidence, which has no language'],
  [/^src\/tools\//, /^The beginning is left out\.$/, 'for the language model'],
  [/^src\/pages\/measure\/view\.ts$/, /^Docker: What is a container\?$/, 'the title of a page that is cited'],
  [/^src\/pages\//, /^[a-z-]+( [a-z-]+)+-?$|^color-mix\(/, 'classes of CSS'],
  [/^src\/webviews\/html\.ts$/, /</, 'HTML'],
  [/^src\/base\/errors\.ts$/, /^\ncaused by: $/, 'for the log'],
  [/^src\/commands\//, /^(undo of|log of) /, 'for the log: what failed'],
  [/^src\/engine\/engines\.ts$/, /^the engines are gone$/, 'why something was aborted, which nobody is shown'],
];

const { asked, bare } = codeStrings(root);

describe('what a user reads', () => {
  test('goes through l10n, wherever it is in the code', () => {
    expect(bare.filter(({ file, text }) => !programs.some(([where, looks]) => where.test(file) && looks.test(text)))).toEqual([]);
  });

  test('in diagrams is in the bundle, too', () => {
    const texts = diagramNames().flatMap((name) => diagramTexts(readDiagram(name)));
    expect(texts.length).toBeGreaterThan(80);
    expect(texts.filter((text) => bundle[text] !== text)).toEqual([]);
  });

  test('is all in the bundle, and the bundle has nothing else (else: npm run l10n)', () => {
    const inDiagrams = diagramNames().flatMap((name) => diagramTexts(readDiagram(name)));
    expect(new Set(Object.keys(bundle))).toEqual(new Set([...asked, ...inDiagrams]));
  });
});
