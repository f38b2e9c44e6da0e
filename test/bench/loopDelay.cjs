// Loaded into VS Code's processes by NODE_OPTIONS: notes in a file, ten times a second, how long the extension host's event loop was
// held up at most. Lines: milliseconds since the epoch, a space, milliseconds.
const { appendFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const file = process.env.HELLO_CONTAINERS_LOOP_DELAY;
if (file && process.argv.includes('--type=extensionHost')) {
  const resolution = 1;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  setInterval(() => {
    appendFileSync(file, `${Date.now()} ${(delay.max / 1e6 - resolution).toFixed(1)}\n`);
    delay.reset();
  }, 100).unref();
}
