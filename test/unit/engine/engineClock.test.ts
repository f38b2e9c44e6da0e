import { describe, expect, test } from 'vitest';
import { EngineClock } from '../../../src/engine/engineClock';

/** An engine whose clock is so much before ours, and a stream of its times that reaches us at once. */
function engineWith(ahead: number) {
  let now = 1_000_000;
  const clock = new EngineClock(() => now, ahead);
  return {
    /** Something happened there after so many more milliseconds, and is told with so much delay. */
    tells(after: number, delay = 0): number {
      const happened = now + after;
      now = happened + delay;
      return clock.toOurs(happened + ahead) - happened;
    },
    told: (engineMillis: number): number => clock.toOurs(engineMillis),
    set(by: number): void { ahead += by; },
  };
}

describe('an engine\'s times become ours', () => {
  test('while its clock only differs', () => {
    const engine = engineWith(5_000);
    expect([engine.tells(0), engine.tells(1_000), engine.tells(1_000, 40)]).toEqual([0, 0, 0]);
  });

  test('when its clock is set forward, and back, by an hour', () => {
    const engine = engineWith(5_000);
    engine.tells(1_000);
    engine.set(3_600_000);
    expect([engine.tells(1_000), engine.tells(1_000)]).toEqual([0, 0]);
    engine.set(-7_200_000);
    expect([engine.tells(1_000), engine.tells(1_000, 20)]).toEqual([0, 0]);
  });

  test('when what it tells is held up and comes at once', () => {
    const engine = engineWith(0);
    engine.tells(1_000);
    expect([engine.tells(1_000, 10_000), engine.tells(-9_000), engine.tells(1_000)]).toEqual([0, 0, 0]);
  });

  test('when it begins with what is long past', () => {
    const engine = engineWith(5_000);
    // Before now its clock was set back: that is its own story.
    expect([engine.told(400_000), engine.told(300_000), engine.told(500_000)]).toEqual([395_000, 295_000, 495_000]);
    expect(engine.tells(1_000)).toBe(0);
  });
});
