import { createServer } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../../src/engine/connect';
import { diagnose, diagnosisText, type Link } from '../../../src/engine/doctor';
import type { Endpoint } from '../../../src/engine/endpoint';
import { tempDir } from '../support/tempDir';

function walk(endpoint: Endpoint): Promise<Link[]> {
  return diagnose({ endpoint, reason: 'test' }, { connect: (to) => connect(to, { pingMillis: 500 }), platform: 'linux', signal: new AbortController().signal });
}

const states = (links: readonly Link[]): string => links.map(({ state }) => state[0]).join('');

describe('the diagnosis of an engine connection', () => {
  it('stops at a socket that is missing, and says how to start the engine', async () => {
    const links = await walk({ kind: 'unix', path: join(tempDir(), 'none.sock') });
    expect(links[1]).toMatchObject({ title: 'The socket exists', state: 'failed', fix: 'sudo systemctl start docker' });
    expect(states(links)).toBe('pfnnnnnnn');
  });

  it('says that a plain file is no socket', async () => {
    const path = join(tempDir(), 'file.sock');
    writeFileSync(path, '');
    expect((await walk({ kind: 'unix', path }))[1]?.finding).toContain('not a socket');
  });

  it('finds what listens but is not a Docker engine', async () => {
    const path = join(tempDir(), 'other.sock');
    const server = createServer((socket) => {
      socket.on('error', () => { /* the client was gone first */ });
      socket.end('SSH-2.0-not-docker\r\n');
    });
    await new Promise<void>((resolve) => { server.listen(path, resolve); });
    onTestFinished(() => { server.close(); });
    const links = await walk({ kind: 'unix', path });
    expect(links.find(({ state }) => state === 'failed')).toMatchObject({ title: 'It is a Docker engine' });
  });

  it('tells a port where nobody listens from a host name that does not exist', async () => {
    expect(states(await walk({ kind: 'tcp', host: '127.0.0.1', port: 1 }))).toBe('ppfnnnnn');
    expect(states(await walk({ kind: 'tcp', host: 'no-such-host.invalid', port: 1 }))).toBe('pfnnnnnn');
  });

  it('reads as plain text, one link a line', () => {
    expect(diagnosisText([{ title: 'A', state: 'passed', finding: 'seen' }, { title: 'B', state: 'failed', finding: 'why', fix: 'do it' }, { title: 'C', state: 'notReached', finding: '' }]))
      .toBe('✓ A\n    seen\n✗ B\n    why\n    To mend it: do it\n· C\n    not reached');
  });
});
