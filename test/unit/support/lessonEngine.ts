import { DisposableStore } from '../../../src/base/disposable';
import type { EngineConnection } from '../../../src/engine/connection';
import type { LessonEngine } from '../../../src/lesson/progress';

/** One connection as the engine that the lesson is done on. */
export function lessonEngine(connection: EngineConnection): LessonEngine {
  return {
    get state() { return connection.state; },
    get containers() { return connection.containers.containers; },
    onDidChange: (listener) => {
      const subscriptions = new DisposableStore();
      subscriptions.add(connection.onDidChangeState(() => listener(undefined)));
      subscriptions.add(connection.containers.onDidChange(() => listener(undefined)));
      return subscriptions;
    },
  };
}
