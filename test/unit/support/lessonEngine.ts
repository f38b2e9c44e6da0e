import { DisposableStore } from '../../../src/base/disposable';
import { Emitter } from '../../../src/base/emitter';
import type { EngineConnection } from '../../../src/engine/connection';
import type { EngineFacts } from '../../../src/engine/engine';
import type { LessonMemory } from '../../../src/lesson/notes';
import type { LessonEngine } from '../../../src/lesson/progress';

/** One connection as the engine that the lesson is done on. */
export function lessonEngine(connection: EngineConnection): LessonEngine {
  let facts: EngineFacts | undefined;
  const told = new Emitter<undefined>();
  const ask = (): void => {
    const { state } = connection;
    facts = undefined;
    if (state.kind !== 'connected') { return; }
    state.engine.facts().then((answer) => {
      if (connection.state !== state) { return; }
      facts = answer;
      told.fire(undefined);
    }, () => { /* the connection tells of its loss */ });
  };
  connection.onDidChangeState(ask);
  ask();
  return {
    get state() { return connection.state; },
    get containers() { return connection.containers.containers; },
    get connected() {
      const { state } = connection;
      return state.kind === 'connected' ? [{ name: 'test', endpoint: state.engine.endpoint, facts }] : [];
    },
    onEvent: connection.onEvent,
    onDidChange: (listener) => {
      const subscriptions = new DisposableStore();
      subscriptions.add(connection.onDidChangeState(() => listener(undefined)));
      subscriptions.add(connection.containers.onDidChange(() => listener(undefined)));
      subscriptions.add(told.event(listener));
      return subscriptions;
    },
  };
}

/** A memory that lasts as long as its map. */
export function memoryIn(map: Map<string, unknown>): LessonMemory {
  return {
    get: <T>(key: string, defaultValue: T): T => map.get(key) as T | undefined ?? defaultValue,
    update: (key, value) => {
      if (value === undefined) { map.delete(key); } else { map.set(key, value); }
      return Promise.resolve();
    },
  };
}
