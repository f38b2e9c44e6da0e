import { beforeEach, expect, test } from 'vitest';
import { Emitter } from '../../../src/base/emitter';
import { LessonJournal } from '../../../src/lesson/journal';
import { type StepId, stepIds, type StepState } from '../../../src/lesson/step';
import { memoryIn } from '../support/lessonEngine';

let now: number;
let kept: Map<string, unknown>;
let changed: Emitter<Record<StepId, StepState>>;
let journal: LessonJournal;

beforeEach(() => {
  now = 1_000;
  kept = new Map();
  changed = new Emitter();
  journal = open();
});

function open(): LessonJournal {
  return new LessonJournal({ onDidChange: changed.event }, memoryIn(kept), { now: () => now, monotonic: () => now });
}

function see(done: Partial<Record<StepId, string>>): void {
  const states = stepIds.map((id): [StepId, StepState] => [id, done[id] === undefined ? { state: 'open', reason: 'no' } : { state: 'done', reason: done[id], evidence: { at: now } }]);
  changed.fire(Object.fromEntries(states) as Record<StepId, StepState>);
}

test('a step that was done stays so in the journal, with what proved it at that time', () => {
  see({ limit: 'first' });
  now = 2_000;
  see({ limit: 'other words' });
  see({});
  expect(journal.entries).toEqual({ limit: { at: 1_000, reason: 'first', evidence: { at: 1_000 } } });
  now = 3_000;
  see({ limit: 'again' });
  expect(journal.entries.limit).toMatchObject({ at: 3_000, reason: 'again' });
});

test('it is kept over windows, and two windows do not forget what the other has seen', () => {
  const other = open();
  see({ connect: 'here' });
  expect(other.entries).toEqual(journal.entries);
  expect(open().entries.connect?.reason).toBe('here');
});

test('what another window overwrote is noted again', () => {
  see({ connect: 'here' });
  kept.clear();
  see({ connect: 'here' });
  expect(journal.entries.connect?.reason).toBe('here');
});

test('a step is forgotten, or all', async () => {
  see({ connect: 'a', limit: 'b', watch: 'c' });
  await journal.forget('limit');
  expect(Object.keys(journal.entries)).toEqual(['connect', 'watch']);
  // Its undoing is not seen yet.
  see({ connect: 'a', limit: 'b', watch: 'c' });
  expect(Object.keys(journal.entries)).toEqual(['connect', 'watch']);
  see({ connect: 'a', watch: 'c' });
  see({ connect: 'a', limit: 'anew', watch: 'c' });
  expect(journal.entries.limit?.reason).toBe('anew');
  await journal.forget();
  expect(journal.entries).toEqual({});
});

test('what another version of us remembered otherwise is not there', () => {
  for (const entry of [null, 7, 'x', [], {}, { at: 'soon', reason: 'r', evidence: {} }, { at: 1e300, reason: 'r', evidence: {} }, { at: 1, reason: 'r', evidence: null }, { at: 1, reason: 'r', evidence: { a: {} } }]) {
    kept.set('lesson.journal.connect', entry);
    expect(journal.entries).toEqual({});
  }
});
