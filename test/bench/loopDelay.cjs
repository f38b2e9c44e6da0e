// Loaded into VS Code's processes by NODE_OPTIONS: notes in a file, ten times a second, how long the extension host's event loop was
// held up at most, and how much CPU time its process took. What it was held up longer than that, others had the CPUs.
// Lines: process, milliseconds since the epoch, milliseconds held up, milliseconds of CPU time.
const { appendFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const file = process.env.HELLO_CONTAINERS_LOOP_DELAY;
if (file && process.argv.includes('--type=extensionHost')) {
  const resolution = 1;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  let cpu = process.cpuUsage();
  setInterval(() => {
    const { user, system } = process.cpuUsage(cpu);
    cpu = process.cpuUsage();
    appendFileSync(file, `${process.pid} ${Date.now()} ${Math.max(0, delay.max / 1e6 - resolution).toFixed(1)} ${((user + system) / 1e3).toFixed(1)}\n`);
    delay.reset();
  }, 100).unref();
}
