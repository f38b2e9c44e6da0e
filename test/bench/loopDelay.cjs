// Loaded into VS Code's processes by NODE_OPTIONS: looks every few milliseconds whether the extension host's event loop was held up, and
// how much CPU time its process took until then. What it was held up longer than that, others had the CPUs.
// Lines, ten a second: milliseconds since the epoch, longest milliseconds held up, most milliseconds of CPU time between two looks.
const { appendFileSync } = require('node:fs');

const file = process.env.HELLO_CONTAINERS_LOOP_DELAY;
if (file && process.argv.includes('--type=extensionHost')) {
  const everyMillis = 5;
  let [at, cpu, told] = [performance.now(), process.cpuUsage(), performance.now()];
  let [longest, most] = [0, 0];
  setInterval(() => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    longest = Math.max(longest, now - at - everyMillis);
    most = Math.max(most, (user + system) / 1e3);
    if (now - told > 100) {
      appendFileSync(file, `${Date.now()} ${longest.toFixed(1)} ${most.toFixed(1)}\n`);
      [told, longest, most] = [now, 0, 0];
    }
    [at, cpu] = [performance.now(), process.cpuUsage()];
  }, everyMillis).unref();
}
