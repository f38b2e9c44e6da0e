import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createFormat } from '../../src/pages/format';
import { parseRange } from '../../src/pages/live/range';
import { readArchitecturePage } from '../../src/webviews/architectureProtocol';
import { readCgroupPage } from '../../src/webviews/cgroupProtocol';
import { readExercisePage } from '../../src/webviews/exerciseProtocol';
import { LiveHistory } from '../../src/webviews/liveHistory';
import { limitLabel } from '../../src/webviews/liveSession';
import { readMeasurePage } from '../../src/webviews/measureProtocol';
import { readOverviewPage } from '../../src/webviews/overviewProtocol';
import { PageKey } from '../../src/webviews/pageMessages';
import { readLivePage } from '../../src/webviews/protocol';
import { readRunPage } from '../../src/webviews/runProtocol';
import { readXrayPage } from '../../src/webviews/xrayProtocol';
import { fragment, json, mutatedJson } from './inputs';
import { assertFigures, holds, parser, type Parser } from './property';

/** What each page may say: the fields of a message by its type, besides the type. */
const protocols: Readonly<Record<string, { parse: (value: unknown) => { type: string } | undefined; may: Readonly<Record<string, readonly string[]>> }>> = {
  readLivePage: { parse: readLivePage, may: { ready: [], limitTo10: [], chooseLimit: [], removeLimit: [], guess: [] } },
  readOverviewPage: { parse: readOverviewPage, may: { ready: [], watch: ['containerId'], limitTo10: ['containerId'], removeLimit: ['containerId'] } },
  readExercisePage: { parse: readExercisePage, may: { ready: [], watch: [], startHelper: [], rename: [], explore: [], place: ['place'], do: ['task'], run: ['task'], copy: ['task'] } },
  readCgroupPage: { parse: readCgroupPage, may: { ready: [] } },
  readMeasurePage: { parse: readMeasurePage, may: { ready: [], measure: [], cancel: [] } },
  readRunPage: { parse: readRunPage, may: { ready: [], run: [], save: [], replayRecorded: [] } },
  readXrayPage: { parse: readXrayPage, may: { ready: [], refresh: [], startHelper: [], cgroups: [], compare: ['containerId'] } },
  readArchitecturePage: { parse: readArchitecturePage, may: { ready: [], copy: ['engine', 'number', 'as'], export: ['engine'] } },
};

const types = [...new Set(Object.values(protocols).flatMap(({ may }) => Object.keys(may)))];
const message = fc.oneof(
  { weight: 3, arbitrary: mutatedJson(...types.map((type) => ({ type, containerId: 'abc', task: 'start', place: 'here', engine: 'default', number: 7, as: 'curl' }))) },
  { weight: 2, arbitrary: fc.record({ type: fc.oneof(fc.constantFrom<unknown>(...types), fragment, json), containerId: json, task: fc.oneof(fc.constantFrom('start', 'scope'), json), place: json, engine: json, number: json, as: json }, { requiredKeys: ['type'] }) },
  { weight: 1, arbitrary: fc.anything() },
);

function protocol([name, { parse, may }]: (typeof entries)[number]): Parser {
  return parser(name, holds('lets through messages of the protocol, with their own fields and nothing else', message, (value) => {
    const parsed = parse(value);
    if (parsed === undefined) { return; }
    const { type, ...fields } = parsed as { type: string } & Record<string, unknown>;
    assert.ok(Object.hasOwn(may, type), `"${type}" is not in the protocol`);
    assert.deepEqual(Object.keys(fields).sort(), [...may[type] ?? []].sort());
    for (const field of Object.values(fields)) { assert.ok(typeof field === 'string' || field instanceof PageKey); }
    // As it comes over: a copy.
    assert.deepEqual(parse(JSON.parse(JSON.stringify(value))), parsed);
  }, 1.5));
}

const entries = Object.entries(protocols);

const format = [createFormat('en', 'UTC'), createFormat('de', 'UTC'), createFormat('ar-EG', 'UTC')];
const moves = fc.array(fc.oneof(
  fc.record({ kind: fc.constant('sample' as const), later: fc.nat(3000), usage: fc.integer({ min: -10, max: 3_000_000 }), periods: fc.nat(20), throttled: fc.nat(22) }),
  fc.record({ kind: fc.constant('cap' as const), later: fc.nat(100), cap: fc.constantFrom(null, 0.1, 0.5, 1) }),
  fc.record({ kind: fc.constant('rate' as const), later: fc.integer({ min: -2000, max: 2000 }), perSecond: fc.double({ min: 0, max: 1e15, noNaN: true }) }),
  fc.record({ kind: fc.constant('gap' as const), later: fc.nat(70_000) }),
), { maxLength: 40 });

export const pages = [
  ...entries.map(protocol),
  parser('parseRange', holds('is a length that can be chosen', fc.oneof(fc.anything(), mutatedJson({ rangeMinutes: 5 })), (state) => { assert.ok([2, 5, 10].includes(parseRange(state))); }, 0.5)),
  parser('createFormat', holds('writes any figure in one line', fc.tuple(fc.constantFrom(...format), fc.double({ noNaN: true, min: -1e9, max: 1e12 }), fc.nat(4e12)), ([write, figure, at]) => {
    for (const text of [write.rate(figure), write.cores(figure), write.percent(figure), write.percent(figure, 1), write.shortPercent(figure), write.ratio(figure), write.tick(figure), write.count(figure), write.clock(at), write.minute(at)]) {
      assert.match(text, /^[\p{N}\p{P}\p{L}\u00a0\u061c\u200e\u200f−%٪-]+$/u);
      assert.doesNotMatch(text, /NaN|∞|Invalid/);
    }
  }, 0.5)),
  parser('LiveHistory', holds('has figures, whatever is counted, printed and limited', moves, (all) => {
    const history = new LiveHistory(limitLabel);
    let [at, printedAt] = [1000, 1000];
    const now = { usageMicros: 0, nrPeriods: 0, nrThrottled: 0, throttledMicros: 0 };
    for (const move of all) {
      at += Math.max(0, move.later);
      switch (move.kind) {
        case 'sample':
          now.usageMicros = Math.max(0, now.usageMicros + move.usage);
          now.nrPeriods += move.periods;
          now.nrThrottled += move.throttled;
          history.addSample({ at, cores: move.usage / 1e6, throttledShare: null, capCores: history.capCores ?? null }, { ...now, at });
          break;
        case 'cap': history.noteCap(at, move.cap); break;
        case 'rate': printedAt += move.later; history.addRates([{ at: printedAt, perSecond: move.perSecond }]); break;
        case 'gap': history.addGap(at); break;
      }
      assertFigures(history.figures(), ['cores']);
    }
    assert.ok(history.markers.every(({ label }) => !/NaN|undefined/.test(label)));
  }, 0.5)),
  parser('limitLabel', holds('says any limit in words', fc.oneof(fc.double({ min: 0, max: 1000, noNaN: true }), fc.constant(null)), (cores) => { assert.doesNotMatch(limitLabel(cores), /NaN|undefined|e\+|e-/); }, 0.3)),
];
