import { homedir } from 'node:os';
import { connect } from '../../src/engine/connect';
import { findCandidates } from '../../src/engine/contexts';
import type { Engine } from '../../src/engine/engine';

/** The engine that the extension under test finds, by a connection of our own: what it shows is compared with what there is. */
export async function openEngine(): Promise<Engine> {
  const [candidate] = await findCandidates({ setting: '', env: process.env, platform: process.platform, homeDir: homedir() });
  if (candidate === undefined) { throw new Error('no engine'); }
  const engine = await connect(candidate.endpoint);
  await engine.negotiate();
  return engine;
}
