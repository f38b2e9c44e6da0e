import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/engine/connect';
import { EngineError } from '../../src/engine/errors';
import { isStandIn, roleOf } from '../../src/engine/ours';
import { disposeAfterTest, textOf, useBench } from './bench';
import { rejectionOf } from './until';

const odd = [
  '<script>alert(1)</script><img src=x onerror=alert(2)>', '**bold** [link](command:workbench.action.quit) `code` $(zap)',
  '\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J\x1b[999;999H \x1b[?1049h \x9b31m', 'tab\tcarriage\rreturn\x00zero \x7f',
  '\u202egnp.exe \u200b\ufeff 👩‍💻 Ünïcödé', '12 calculations, 99999 per second',
];

describe('text of others', () => {
  const bench = useBench('busybox');

  /** Runs a program that writes exactly these bytes to both its outputs. */
  async function written(bytes: Buffer, ...options: string[]): Promise<string> {
    const id = await bench().docker('create', '-i', ...options, 'busybox', 'sh', '-c', 'cat > /tmp/all; cat /tmp/all; cat /tmp/all >&2');
    const child = promisify(execFile)('docker', ['start', '-ai', id], { env: { ...process.env, DOCKER_HOST: bench().host }, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });
    child.child.stdin?.end(bytes);
    await child;
    return id;
  }

  test('in a log comes as it was written, byte for byte, on its own stream', async () => {
    const { engine } = bench();
    // Docker keeps logs as JSON, in pieces of 16 KiB: bytes that are no UTF-8, and letters cut by that, are lost to everybody.
    const bytes = Buffer.from([...odd, 'x'.repeat(300_000), ...Array.from({ length: 2_000 }, (_, line) => `${line} ${odd[line % odd.length] ?? ''}`), 'no line end'].join('\n'));
    const id = await written(bytes);
    for (const stream of ['stdout', 'stderr'] as const) {
      const read = await textOf(await engine.containerLogs(id, { follow: false, tty: false }), stream);
      expect(read.equals(bytes)).toBe(true);
    }
    const followed = await textOf(await engine.containerLogs(id, { follow: true, tty: false }), 'stdout');
    expect(followed.equals(bytes)).toBe(true);
    await bench().removeContainers();
  });

  test('that is no text at all comes as it was written while we are attached', async () => {
    const { engine, docker } = bench();
    const id = await docker('create', 'busybox', 'sh', '-c', 'head -c 2000000 /dev/urandom > /tmp/all; md5sum < /tmp/all >&2; cat /tmp/all');
    const chunks: { stdout: Uint8Array[]; stderr: Uint8Array[] } = { stdout: [], stderr: [] };
    const output = await engine.attachContainer(id);
    await engine.startContainer(id);
    for await (const { stream, data } of output) { chunks[stream].push(data); }
    expect(Buffer.concat(chunks.stdout)).toHaveLength(2_000_000);
    expect(Buffer.concat(chunks.stderr).toString()).toBe(`${createHash('md5').update(Buffer.concat(chunks.stdout)).digest('hex')}  -\n`);
    await bench().removeContainers();
  });

  test('in a log of a container with a terminal comes as one plain stream', async () => {
    const { engine, docker } = bench();
    const id = await docker('run', '-d', '-t', 'busybox', 'echo', odd[0] ?? '');
    await engine.waitContainer(id);
    expect((await engine.inspectContainer(id)).tty).toBe(true);
    const read = await textOf(await engine.containerLogs(id, { follow: true, tty: true }), 'stdout');
    expect(read.toString()).toBe(`${odd[0] ?? ''}\r\n`);
    await bench().removeContainers();
  });

  test('in labels and commands comes as it is, and is not taken for ours', async () => {
    const { docker } = bench();
    const labels: Record<string, string> = {
      'hello-containers.role': '<b>cpu-demo</b>', 'hello-containers.stand-in': 'TRUE', '': 'no name', '__proto__': 'polluted', 'constructor': 'odd', 'empty': '',
      'long': 'x'.repeat(60_000), 'lines': odd.slice(0, 3).join('\n').replaceAll('\x9b', ''),
    };
    const named = Object.entries(labels).filter(([name]) => name !== '');
    // __proto__ as an own key is lost in an object literal.
    named.push(['__proto__', 'polluted']);
    const id = await docker('create', '--name', 'odd_name.-9', ...named.flatMap(([name, value]) => ['--label', `${name}=${value}`]), 'busybox', 'echo', odd[0] ?? '', odd[1] ?? '');
    const connection = await bench().connected();
    const container = connection.containers.get(id) ?? expect.fail('it is not listed');
    expect(container.name).toBe('odd_name.-9');
    for (const [name, value] of named) { expect(Object.entries(container.labels)).toContainEqual([name, value]); }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(container.command).toContain('<script>');
    expect(roleOf(container.labels)).toBeUndefined();
    expect(isStandIn(container.labels)).toBe(false);
    await bench().removeContainers();
  });

  test('in names that only look like ids or paths does not lead anywhere else', async () => {
    const { engine } = bench();
    const id = await bench().docker('create', '--name', 'plain', 'busybox');
    for (const name of ['../images', 'plain/../../info', 'plain?force=1', 'plain#x', '%2e%2e', 'plain json', '', '..']) {
      // Docker itself sends some of them elsewhere (301).
      expect(await rejectionOf(engine.inspectContainer(name))).toBeInstanceOf(EngineError);
      expect(await rejectionOf(engine.removeContainer(name))).toBeInstanceOf(EngineError);
    }
    for (const reference of ['../containers', 'a//b', '', '.', 'busybox/../../info', '/busybox']) {
      expect(await rejectionOf(engine.inspectImage(reference))).toMatchObject({ status: 400 });
    }
    for (const reference of ['busybox?x', 'busybox json', 'BUSYBOX', 'busybox#', 'busybox%2f..']) {
      await engine.inspectImage(reference).then((image) => { expect(image).toBeUndefined(); }, (error: unknown) => { expect(error).toMatchObject({ status: 400 }); });
    }
    expect((await engine.inspectContainer('plain')).id).toBe(id);
    await bench().removeContainers();
  });

  test.each(['/elsewhere', 'http://127.0.0.1:9/elsewhere', '//', 'file:///etc/passwd', '\\'])('that says to go to %s is not followed', async (location) => {
    const folder = await mkdtemp(join(tmpdir(), 'hc-'));
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(302, { location }).end('moved');
    });
    const path = join(folder, 'sock');
    await new Promise<void>((resolve) => { server.listen(path, resolve); });
    const engine = disposeAfterTest(await connect({ kind: 'unix', path }));
    onTestFinished(async () => {
      server.close();
      await rm(folder, { recursive: true });
    });
    expect(await rejectionOf(engine.negotiate())).toMatchObject({ reason: 'notDocker' });
    expect(asked).toEqual(['/_ping?']);
  });
});
