// "Run hello-world" with the image there: from the command to the exit code.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../../../lab/engine.mjs';
import { run } from '../../../lab/processes.mjs';
import { atMost, quantile, spread } from '../figures.mjs';
import { bundleSource, silentLog } from '../source.mjs';

const ROUNDS = 21;
const [MOST_OF_CLI, MOST_OF_CALLS] = [0.95, 1.05];

export async function measure({ log }) {
  const { ours, remove } = await bundleSource();
  const lab = await openEngine({ name: 'bench-hello', fresh: true, keepImages: true, log });
  const folder = mkdtempSync(join(tmpdir(), 'hc-bench-'));
  const engine = await ours.connect(ours.parseEndpoint(lab.host));
  try {
    await engine.negotiate();
    const docker = (...args) => run('docker', ['--host', lab.host, ...args]);
    const ways = {
      ours: async () => {
        const from = performance.now();
        const { exitCode } = await ours.runHelloWorld({ engine, image: 'hello-world', clock: ours.systemClock, log: silentLog, signal: new AbortController().signal, listener: { onStage() { }, onPull() { }, onOutput() { } } });
        if (exitCode !== 0) { throw new Error(`hello-world ended with ${exitCode}`); }
        return performance.now() - from;
      },
      cli: async () => {
        const from = performance.now();
        await docker('run', '--rm', 'hello-world');
        return performance.now() - from;
      },
      calls: () => callsByCurl(lab.socket),
    };
    const millis = { ours: [], cli: [], calls: [] };
    for (let round = -1; round < ROUNDS; round += 1) {
      // Who comes first takes turns; the first round warms all of them up.
      for (const name of round % 2 === 0 ? ['ours', 'cli', 'calls'] : ['calls', 'cli', 'ours']) {
        const taken = await ways[name]();
        if (round >= 0) { millis[name].push(taken); }
      }
      await docker('container', 'prune', '--force');
    }
    const figure = (what, other, limit, text) => ({
      what: 'hello-world, image present: command to exit code', unit: 'ms', ours: spread(millis.ours), beside: { what, value: spread(other) },
      goal: atMost(text, limit, quantile(millis.ours, 0.5) / quantile(other, 0.5)),
    });
    return [
      figure('docker run --rm hello-world', millis.cli, MOST_OF_CLI, `≤ ${MOST_OF_CLI} × the command`),
      figure('the bare calls with curl, summed', millis.calls, MOST_OF_CALLS, `≤ ${MOST_OF_CALLS} × the calls`),
    ];
  } finally {
    engine.dispose();
    await lab.close({ remove: true });
    remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The calls that no client can do without, one after the other; only what curl itself says that each took, not its own start. Milliseconds. */
function callsByCurl(socket) {
  let seconds = 0;
  const curl = (...args) => {
    const answer = execFileSync('curl', ['--silent', '--fail', '--unix-socket', socket, '--write-out', '\n%{time_total}', ...args], { encoding: 'utf8' }).split('\n');
    seconds += Number(answer.at(-1));
    return answer.slice(0, -1).join('\n');
  };
  curl('http://docker/images/hello-world/json');
  const { Id: id } = JSON.parse(curl('--header', 'content-type: application/json', '--data', '{"Image":"hello-world"}', 'http://docker/containers/create'));
  curl('--request', 'POST', `http://docker/containers/${id}/start`);
  curl('--request', 'POST', `http://docker/containers/${id}/wait`);
  curl(`http://docker/containers/${id}/logs?stdout=1&stderr=1`, '--output', '/dev/null');
  curl(`http://docker/containers/${id}/json`);
  return Promise.resolve(seconds * 1_000);
}
