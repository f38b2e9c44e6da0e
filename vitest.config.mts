import { defineConfig } from 'vitest/config';

// One seed for all of a run's processes; a failure names it.
process.env.HELLO_CONTAINERS_FUZZ_SEED ??= String(Date.now() % 2 ** 31);
process.env.HELLO_CONTAINERS_FUZZ_INPUTS ??= '50000';

export default defineConfig({
  test: {
    projects: [
      // Nothing but this machine's Node: no VS Code, no Docker.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      // Every parser against inputs that nobody meant well; so many in all as HELLO_CONTAINERS_FUZZ_INPUTS says.
      { test: { name: 'fuzz', include: ['test/fuzz/**/*.test.ts'], testTimeout: 3_600_000 } },
      // An engine that lies: what it sends is measured by what it costs. One at a time, so that nothing else costs.
      { test: { name: 'hostile', include: ['test/hostile/**/*.test.ts'], fileParallelism: false, testTimeout: 60_000 } },
      // Real engines and the real kernel: one file at a time, they share the machine.
      {
        test: {
          name: 'engine', include: ['test/engine/**/*.test.ts'], globalSetup: ['test/engine/setup.ts'],
          fileParallelism: false, testTimeout: 60_000, hookTimeout: 300_000,
        },
      },
      // What breaks under a user's hands: daemons killed and suspended, sockets replaced, wires cut, disks filled, our own process killed.
      { test: { name: 'faults', include: ['test/faults/**/*.test.ts'], fileParallelism: false, testTimeout: 60_000, hookTimeout: 300_000 } },
      // A whole emulated machine with cgroup v2, which is slow.
      {
        test: {
          name: 'v2', include: ['test/v2/**/*.test.ts'], globalSetup: ['test/v2/setup.ts'],
          fileParallelism: false, testTimeout: 600_000, hookTimeout: 600_000,
        },
      },
    ],
  },
});
