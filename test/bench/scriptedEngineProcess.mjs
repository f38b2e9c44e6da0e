// A scripted engine in a process of its own, so that what it costs is not taken for ours: node scriptedEngineProcess.mjs SOCKET COUNT [LATE]. Its
// parent sends a container's place and its new name.
import { ScriptedEngine } from './scriptedEngine.mjs';

const [socket, count, lateMillis = '0'] = process.argv.slice(2);
const engine = new ScriptedEngine(socket, Number(lateMillis));
for (let index = 0; index < Number(count); index += 1) { engine.create(`bench-${String(index).padStart(4, '0')}`, index % 10 === 0 ? 'running' : 'created'); }
const ids = [...engine.containers.keys()];
await engine.listen();
process.on('message', ({ place, name }) => { engine.rename(ids.at(place), name); });
process.on('disconnect', () => { engine.close(); });
process.send('ready');
