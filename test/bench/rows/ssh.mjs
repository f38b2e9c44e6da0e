// A hundred calls to an engine over ssh, one after the other, beside the docker command over the same ssh.
import { openRemote } from '../../../lab/docker/remote.mjs';
import { run } from '../../../lab/processes.mjs';
import { atMost, spread } from '../figures.mjs';
import { bundleSource } from '../source.mjs';

const CALLS = 100;
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
    const cliFrom = performance.now();
    for (let call = 0; call < CALLS; call += 1) { await run('docker', ['--host', remote.sshd.destination, 'ps', '--all'], { env }); }
    const cli = performance.now() - cliFrom;
    return [{ what: `${CALLS} lists of containers over ssh, the login in it`, unit: 'ms', ours: spread(millis), beside: { what: 'docker ps --all, as often', value: spread(cli) }, goal: atMost(`≤ ${MOST_OF_CLI} × the command`, MOST_OF_CLI, millis / cli) }];
  } finally {
    await remote.close({ remove: true });
    remove();
  }
}
