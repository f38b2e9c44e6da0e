import { describe, expect, onTestFinished, test } from 'vitest';
import { HumanError, isAbort, messageOf } from '../../src/base/errors';
import { connect } from '../../src/engine/connect';
import type { Engine } from '../../src/engine/engine';
import { openShell } from '../../src/engine/shell';
import { collect, rejection } from '../unit/support/streams';
import { type Asked, cut, forever, head, type Lie, type Liar, much, open, serveLies, whole } from './liar';

async function ask(liar: Liar, { answerMillis = 500 } = {}): Promise<Engine> {
  const engine = await connect({ kind: 'unix', path: liar.path }, { pingMillis: 1_000, answerMillis });
  onTestFinished(() => engine.dispose());
  return engine;
}

/** An engine that lies about one path and is honest about the others. */
async function lying(path: string | RegExp, lie: (asked: Asked) => Lie): Promise<{ engine: Engine; liar: Liar }> {
  const liar = await serveLies((asked) => (typeof path === 'string' ? asked.path.startsWith(path) : path.test(asked.path)) ? lie(asked) : undefined);
  return { engine: await ask(liar), liar };
}

/** What a person would read of it. It must be in our words. */
async function wordsOf(work: Promise<unknown>): Promise<string> {
  const error = await rejection(work);
  expect(error, messageOf(error)).toBeInstanceOf(HumanError);
  return messageOf(error);
}

const never = new AbortController().signal;

describe('headers', () => {
  test.each<[string, () => Lie]>([
    ['one of a megabyte', () => [head, 'X-Long: ', ...much(1_000_000), '\r\n\r\n']],
    ['a hundred thousand', () => [head, ...Array.from({ length: 100 }, (_, i) => Array.from({ length: 1_000 }, (_1, j) => `X-${i}-${j}: y\r\n`).join('')), '\r\n']],
    ['a name that is none', () => [`${head}X Y\u0000: z\r\n\r\n`]],
    ['two lengths', () => [`${head}Content-Length: 2\r\nContent-Length: 5\r\n\r\n[]abc`]],
    ['a negative length', () => [`${head}Content-Length: -1\r\n\r\n[]`]],
    ['a length of 1e30', () => [`${head}Content-Length: ${'9'.repeat(30)}\r\n\r\n[]`]],
    ['length and chunks', () => [`${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n[]`]],
    ['a status of five digits', () => ['HTTP/1.1 20000 OK\r\n\r\n']],
    ['no status', () => ['HTTP/1.1\r\n\r\n']],
    ['another protocol', () => ['ICY 200 OK\r\n\r\n']],
  ])('(%s) make no engine', async (_, lie) => {
    const { engine } = await lying(/./, lie);
    expect(await wordsOf(engine.negotiate())).toMatch(/it is not a Docker engine|does not answer|was lost/);
  });

  test.each(['100 Continue', '102 Processing', '103 Early Hints'])('that only say "%s", for ever, are waited for so long', async (status) => {
    const { engine } = await lying('/_ping', async function* ({ gone }) {
      while (!gone.aborted) {
        yield `HTTP/1.1 ${status}\r\nLink: <x>\r\n\r\n`.repeat(100);
        await new Promise((resolve) => { setTimeout(resolve, 5); });
      }
    });
    expect(await wordsOf(engine.negotiate())).toMatch(/does not answer/);
  });

  test.each(['/_ping', '/containers/json', '/events'])('that give the connection over where nobody asked (%s) make no engine', async (path) => {
    const { engine } = await lying(path, () => ['HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n[]']);
    const work = path === '/_ping' ? engine.negotiate() : path === '/events' ? collect(engine.events(never, () => { })) : engine.listContainers();
    expect(await wordsOf(work)).toMatch(/not a Docker engine/);
  });
});

describe('redirects', () => {
  test.each(['http://169.254.169.254/latest/meta-data', 'file:///etc/passwd', 'https://example.com/', '/v1.41/containers/json', '//elsewhere/', 'unix:///var/run/docker.sock', 'javascript:alert(1)'])('to %s are not followed', async (to) => {
    for (const status of [301, 302, 303, 307, 308]) {
      const { engine, liar } = await lying('/containers/json', () => [`HTTP/1.1 ${status} Elsewhere\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`]);
      expect(await wordsOf(engine.listContainers())).toMatch(new RegExp(`elsewhere \\(HTTP ${status}\\).*We did not go there`));
      expect(liar.asked).toHaveLength(1);
      engine.dispose();
    }
  });

  test('of the first question make no engine', async () => {
    const { engine, liar } = await lying('/_ping', () => ['HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/_ping\r\nContent-Length: 0\r\n\r\n']);
    expect(await wordsOf(engine.negotiate())).toMatch(/not a Docker engine/);
    expect(liar.asked).toHaveLength(1);
  });
});

describe('bodies that are not what the status says', () => {
  test.each<[string, string, RegExp]>([
    ['204 with a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n[]', /not (JSON|a list)/],
    ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', /elsewhere \(HTTP 304\)/],
    ['500 with HTML', `HTTP/1.1 500 Oops\r\nContent-Length: 31\r\n\r\n<html><script>x</script>[a](b:c)`, /The engine failed \(HTTP 500\)/],
    ['500 with a message that is an object', 'HTTP/1.1 500 Oops\r\nContent-Length: 18\r\n\r\n{"message":{"a":1}', /The engine failed \(HTTP 500\)/],
    ['500 without a body', 'HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n', /no reason given/],
    ['404 without a body', 'HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n', /does not have it/],
    ['999', 'HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\n[]', /HTTP 999/],
    ['200 with HTML', `${head}Content-Length: 6\r\n\r\n<html>`, /not (JSON|a list)/],
    ['200 with nothing', `${head}Content-Length: 0\r\n\r\n`, /not (JSON|a list)/],
    ['200 with a string', `${head}Content-Length: 3\r\n\r\n"a"`, /not an? (list|object)/],
    ['chunks of garbage', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n`, /not a Docker engine|was lost/],
    ['a chunk that is longer than it says', `${head}Transfer-Encoding: chunked\r\n\r\n1\r\n[]\r\n0\r\n\r\n`, /not a Docker engine|was lost/],
    ['a chunk with a megabyte of remarks', `${head}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(1_000_000)}\r\n[`, /not a Docker engine|was lost/],
    ['a chunk of 2^64 bytes', `${head}Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n[`, /not a Docker engine|was lost/],
    ['a trailer of a megabyte', `${head}Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`, /not a Docker engine|was lost/],
  ])('(%s) are told in words', async (_, bytes, words) => {
    for (const call of ['list', 'inspect'] as const) {
      const { engine } = await lying('/containers/', () => cut(bytes));
      expect(await wordsOf(call === 'list' ? engine.listContainers() : engine.inspectContainer('a'))).toMatch(words);
      engine.dispose();
    }
  });

  test('a state that was so already may say so with any body', async () => {
    const { engine } = await lying('/containers/a/start', () => ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n']);
    await engine.startContainer('a');
  });
});

describe('an answer that is cut at any byte', () => {
  const list = '[{"Id":"a","Names":["/größe 🐳"],"State":"running"},{"Id":"b"}]';
  const chunked = (text: string): string => Array.from(text, (char) => `${Buffer.byteLength(char).toString(16)}\r\n${char}\r\n`).join('');
  const answers: Record<string, string> = {
    'of a told length': `${head}Content-Length: ${Buffer.byteLength(list)}\r\n\r\n${list}`,
    'in chunks': `${head}Transfer-Encoding: chunked\r\n\r\n${chunked(list)}0\r\n\r\n`,
    'to the connection\'s end': `${head}Connection: close\r\n\r\n${list}`,
  };

  test.each(Object.keys(answers))('(%s) is an error in words, or whole', async (kind) => {
    const bytes = Buffer.from(answers[kind] ?? '');
    let at = 0;
    const liar = await serveLies(({ path }) => path.startsWith('/containers/json') ? cut(bytes.subarray(0, at)) : undefined);
    const engine = await ask(liar);
    const whole: number[] = [];
    for (at = 0; at <= bytes.length; at += 1) {
      try {
        expect(await engine.listContainers()).toHaveLength(2);
        whole.push(at);
      } catch (error) {
        expect(error, `${at}: ${messageOf(error)}`).toBeInstanceOf(HumanError);
        expect(messageOf(error)).toMatch(/was lost|not a list|not JSON|not a Docker engine/);
      }
    }
    expect(whole.at(-1)).toBe(bytes.length);
    // What has all its elements is whole, though the chunks' end was lost.
    expect(whole.length).toBeLessThan(8);
  });

  test('an event stream that is cut at any byte gives the whole events, and then tells', async () => {
    const event = (id: string): string => `{"Type":"container","Action":"start","Actor":{"ID":"${id}"}}\n`;
    const bytes = Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${chunked(event('a') + event('b'))}`);
    let at = 0;
    const liar = await serveLies(({ path }) => path.startsWith('/events') ? cut(bytes.subarray(0, at)) : undefined);
    const engine = await ask(liar);
    for (at = 0; at <= bytes.length; at += 1) {
      const ids: string[] = [];
      const reading = (async () => { for await (const { id } of engine.events(never, () => { })) { ids.push(id); } })();
      expect(await wordsOf(reading)).toMatch(/was lost|not a Docker engine/);
      expect(['', 'a', 'ab']).toContain(ids.join(''));
    }
  });
});

describe('a connection of its own', () => {
  const shellAt = '/exec/e/start';
  /** A container with a shell, up to the moment when the connection is to be given over. */
  async function upTo(lie: Lie): Promise<Engine> {
    let starts = 0;
    const liar = await serveLies(({ path }) => {
      if (path.endsWith('/exec/e/json')) { return whole('{"Running":false,"ExitCode":0}'); }
      return path.startsWith(shellAt) ? (starts += 1) === 1 ? open([]) : lie : undefined;
    });
    return ask(liar);
  }
  const shell = (engine: Engine): Promise<unknown> => openShell(engine, 'a', 'a', { columns: 80, rows: 24 });
  const given = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n';

  test.each<[string, () => Lie, RegExp]>([
    ['refused', () => whole('{"message":"no"}', 'HTTP/1.1 403 No\r\n'), /HTTP 403.*no/],
    ['that is none', () => whole('{}'), /not a connection of its own/],
    ['half given over', () => forever('HTTP/1.1 101 UPGRADED\r\nConnection: Upg'), /does not answer/],
    ['given over to nobody', () => ['HTTP/1.1 101 UPGRADED\r\n\r\nhello'], /not a connection of its own|was lost|not a Docker engine|first line|HTTP 101/],
    ['given over and closed', () => [`${given}Connection: close`], /first line/],
    ['with a first line that never ends', () => [given, ...much(1_000_000)], /first line/],
    ['with a first line that is no number', () => [given, '$(reboot)\n'], /not a process id/],
    ['with a number that is none', () => [given, '-1\n'], /not a process id/],
    ['with a number of an age', () => [given, '1e999\n'], /not a process id/],
  ])('(%s) is told in words', async (_, lie, words) => {
    expect(await wordsOf(shell(await upTo(lie())))).toMatch(words);
  });

  test('that is cut later ends, and says so', async () => {
    const engine = await upTo([`${given}42\nhello`]);
    const opened = await openShell(engine, 'a', 'a', { columns: 80, rows: 24 }).catch((error: unknown) => error);
    // The size is set by a call that this engine does not know.
    expect(opened).toBeInstanceOf(HumanError);
  });
});

describe('what cannot be', () => {
  const odd = ['null', 'true', '"x"', '-1', '1e999', '-1e999', '1e308', '0.5', '-0', '9007199254740993', '18446744073709551616', '[]', '{}', '"NaN"', '[1e999]'];

  test.each(odd)('as every number of an answer (%s) reads as a number that can be', async (value) => {
    const details = `{"Id":"a","Name":"/a","State":{"Status":"running","Pid":${value},"ExitCode":${value}},"Config":{},"HostConfig":{"NanoCpus":${value},"CpuQuota":${value},"CpuPeriod":${value},"Memory":${value},"MemorySwap":${value},"PidsLimit":${value},"CpuShares":${value}},"SizeRw":${value},"NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"x","HostPort":${value}}]}}}`;
    const liar = await serveLies(({ path }) => {
      if (path.startsWith('/containers/json')) { return whole(`[{"Id":"a","Created":${value},"Ports":[{"PrivatePort":${value},"PublicPort":${value},"Type":"tcp"}]}]`); }
      if (path.startsWith('/containers/a/json')) { return whole(details); }
      if (path.startsWith('/images/json')) { return whole(`[{"Id":"i","Created":${value},"Size":${value}}]`); }
      if (path.startsWith('/containers/a/stats')) { return open([`{"read":"2026-01-01T00:00:00Z","cpu_stats":{"cpu_usage":{"total_usage":${value}},"throttling_data":{"periods":${value},"throttled_periods":${value},"throttled_time":${value}}},"memory_stats":{"usage":${value}}}\n`]); }
      if (path.startsWith('/images/create')) { return open([`{"status":"Downloading","id":"l","progressDetail":{"current":${value},"total":${value}}}\n`]); }
      if (path.startsWith('/events')) { return open([`{"Action":"start","timeNano":${value},"time":${value}}\n`]); }
      return path === '/info' ? whole(`{"NCPU":${value},"MemTotal":${value},"SystemTime":${value}}`) : undefined;
    });
    const engine = await ask(liar, { answerMillis: 5_000 });
    const answers = [
      await engine.listContainers(), await engine.inspectContainer('a'), await engine.containerAnatomy('a'), await engine.listImages(), await engine.facts(),
      await collect(engine.containerStats('a', never)), await collect(engine.pullImage('x')), await collect(engine.events(never, () => { })), await engine.waitContainer('a').catch(() => 0),
    ];
    for (const number of numbersIn(answers)) {
      expect(Number.isFinite(number)).toBe(true);
      expect(Math.abs(number)).toBeLessThanOrEqual(2 ** 64);
    }
    const [container] = await engine.listContainers();
    expect(new Date(container?.createdAt ?? NaN).getTime()).toBe((container?.createdAt ?? NaN) + 0);
    const { pid } = await engine.inspectContainer('a');
    expect(Number.isInteger(pid) && pid >= 0).toBe(true);
    for (const port of (container?.ports ?? []).flatMap(({ containerPort, hostPort = 0 }) => [containerPort, hostPort])) { expect(Number.isInteger(port) && port >= 0 && port < 65_536).toBe(true); }
  });

  test('keys of every object are no part of ours', async () => {
    const { engine } = await lying('/containers/json', () => whole('[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"Id":"a","Labels":{"__proto__":"x","constructor":"y","toString":"z"}}]'));
    const [container] = await engine.listContainers();
    expect(Object.keys(container?.labels ?? {})).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(container)).toBe(Object.prototype);
  });
});

test('a liar that is left alone does not end the others: cancelling one question leaves the next its answer', async () => {
  const liar = await serveLies(({ path }) => path.startsWith('/images/create') ? forever(`${head}Transfer-Encoding: chunked\r\n\r\n`) : undefined);
  const engine = await ask(liar);
  const stop = new AbortController();
  const pulling = rejection(collect(engine.pullImage('x', stop.signal)));
  setTimeout(() => stop.abort(), 50);
  expect(isAbort(await pulling)).toBe(true);
  expect(await engine.listContainers()).toEqual([]);
});

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') { return [value]; }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}
