// An extension host in a container, with the engine's socket in it: opens the live page of a container beside it, and tells what that reads.
// Arguments: the engine's address, the container's id.
import { systemClock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import { findContainerGroup } from '../../../src/cgroup/containerCounters';
import { LocalHost } from '../../../src/cgroup/localHost';
import { connect } from '../../../src/engine/connect';
import { EngineConnection } from '../../../src/engine/connection';
import { parseEndpoint } from '../../../src/engine/endpoint';
import { LimitHistory } from '../../../src/engine/limitHistory';
import { LiveSession } from '../../../src/webviews/liveSession';

const [address = '', containerId = ''] = process.argv.slice(2);
const connection = new EngineConnection({
  log: silentLog, connect: (endpoint, signal) => connect(endpoint, { signal }), findCandidates: () => Promise.resolve([{ endpoint: parseEndpoint(address), reason: 'test' }]),
});
const engine = await connection.engine();
const host = new LocalHost();
const { pid } = await engine.inspectContainer(containerId);
const limits = new LimitHistory(connection.containers, systemClock);
const session = new LiveSession({ connection, limits, containerId, host, clock: systemClock, log: silentLog, l10nBundle: undefined });
const cores = await new Promise((resolve) => {
  session.onMessage((message) => {
    const known = message.type === 'samples' ? message.samples.find((sample) => sample.cores !== null) : undefined;
    if (known !== undefined) { resolve(known.cores); }
  });
});
const snapshot = session.snapshot();
process.stdout.write(JSON.stringify({ ownPid: process.pid, group: await findContainerGroup(host, containerId, pid) ?? null, source: snapshot.type === 'init' ? snapshot.source : null, cores }));
session.dispose();
limits.dispose();
connection.dispose();
