import { expect, test } from 'vitest';
import { LessonNotes } from '../../../src/lesson/notes';
import { memoryIn } from '../support/lessonEngine';
import { record } from '../support/until';

const twin = (id: string, path?: string) => ({ id, name: id, imageId: 'i', changes: path === undefined ? [] : [{ path, kind: 'added' as const }] });

test('remembers over windows what was answered, made and changed', () => {
  const map = new Map<string, unknown>();
  const notes = new LessonNotes(memoryIn(map));
  notes.noteMade();
  notes.noteRight('architecture', 'unix:///a');
  notes.noteRight('architecture', 'ssh://b');
  notes.noteChangedOf([twin('a', '/x'), twin('b')]);
  const again = new LessonNotes(memoryIn(map));
  expect(again.madeSomething).toBe(true);
  expect(again.answers).toEqual({ architecture: ['unix:///a', 'ssh://b'] });
  expect(again.changedTwins).toEqual([{ id: 'a', name: 'a', imageId: 'i', path: '/x', beside: ['b'] }]);
  again.forgetMade();
  again.forgetAnswers('architecture');
  again.forgetChanged();
  expect([again.madeSomething, again.answers, again.changedTwins]).toEqual([false, { architecture: [] }, []]);
});

test('a twin is remembered as it was when it was first seen changed: who came later is none of those beside it', () => {
  const notes = new LessonNotes(memoryIn(new Map()));
  notes.noteChangedOf([twin('a', '/x'), twin('b')]);
  notes.noteChangedOf([twin('a', '/x'), twin('b'), twin('c')]);
  expect(notes.changedTwins).toMatchObject([{ id: 'a', beside: ['b'] }]);
  for (let i = 0; i < 30; i += 1) { notes.noteChangedOf([twin(`t${i}`, '/x')]); }
  expect(notes.changedTwins).toHaveLength(10);
});

test('tells of news only, and apart of accounts, which come often', () => {
  const notes = new LessonNotes(memoryIn(new Map()));
  const heard = record(notes.onDidChange);
  notes.noteMade();
  notes.noteMade();
  notes.noteRight('architecture', 'a');
  notes.noteRight('architecture', 'a');
  notes.noteChangedOf([twin('a')]);
  notes.noteAccount('c', { cores: 0.1, periods: 30, throttledPeriods: 29 });
  notes.noteAccount('other', null);
  expect(notes.account).toMatchObject({ containerId: 'c' });
  notes.forgetAccount();
  expect(notes.account).toBeUndefined();
  expect(heard).toEqual(['note', 'note', 'account', 'account', 'note']);
});

test('what another version of us remembered otherwise is not there', () => {
  for (const stored of [null, 7, 'x', { connect: 7 }, { connect: [7] }, [null], [{ id: 1 }]]) {
    const notes = new LessonNotes(memoryIn(new Map<string, unknown>(['lesson.answers', 'lesson.changedTwins', 'lesson.madeSomething'].map((key) => [key, stored]))));
    expect([notes.madeSomething, notes.answers, notes.changedTwins]).toEqual([false, {}, []]);
  }
});
