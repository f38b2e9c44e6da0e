// An extension host in the middle of hello-world: kills itself at the stage that it is told. Arguments: the engine's address, the stage.
import { systemClock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import { connect } from '../../../src/engine/connect';
import { parseEndpoint } from '../../../src/engine/endpoint';
import { runHelloWorld } from '../../../src/engine/helloWorld';

const [address = '', last] = process.argv.slice(2);
const engine = await connect(parseEndpoint(address));
await engine.negotiate();
await runHelloWorld({
  engine, image: 'hello-world', clock: systemClock, log: silentLog, signal: new AbortController().signal,
  listener: {
    // The stage's request is written in this same turn; it is killed once that is on its way.
    onStage: (stage) => { if (stage === last) { setImmediate(() => process.kill(process.pid, 'SIGKILL')); } },
    onPull: () => { },
    onOutput: () => { },
  },
});
engine.dispose();
