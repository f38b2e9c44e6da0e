// Calls to an engine over ssh, one after the other, beside the docker command over the same ssh. The command logs in at each call, for one
// or two seconds on a busy machine: fewer of its calls say as much.
import { openRemote } from '../../../lab/docker/remote.mjs';
import { run } from '../../../lab/processes.mjs';
import { atMost, quantile, spread } from '../figures.mjs';
import { bundleSource } from '../source.mjs';

const [CALLS, CLI_CALLS] = [100, 20];
const MOST_OF_CLI = 0.1;

export async function measure({ log }) {
  const { ours, remove } = await bundleSource();
  const remote = await openRemote({ name: 'bench-remote', log });
  try {
    const env = remote.sshd.env();
    const address = `${remote.sshd.destination}${remote.dockerd.socket}`;
    // The login is ours to pay, too.
    const from = performance.now();
    const engine = await ours.connect(ours.parseEndpoint(address), { ssh: { path: 'ssh', env } });
    await engine.negotiate();
    for (let call = 0; call < CALLS; call += 1) { await engine.listContainers(); }
    const millis = performance.now() - from;
    engine.dispose();
    const cli = [];
    for (let call = 0; call < CLI_CALLS; call += 1) {
      const cliFrom = performance.now();
      await run('docker', ['--host', remote.sshd.destination, 'ps', '--all'], { env });
      cli.push(performance.now() - cliFrom);
    }
    const each = millis / CALLS;
    return [{ what: `a list of containers over ssh, mean of ${CALLS} with the login in it`, unit: 'ms', ours: spread(each), beside: { what: 'docker ps --all', value: spread(cli) }, goal: atMost(`≤ ${MOST_OF_CLI} × the command`, MOST_OF_CLI, each / quantile(cli, 0.5)) }];
  } finally {
    await remote.close({ remove: true });
    remove();
  }
}
