import { describe, expect, test } from 'vitest';
import { type Asked, drip, head, type Lie, much, open, serveLies } from './liar';
import { ask, type Measured, measures } from './measure';

measures();

const gigabyte = 1e9;
/** What a question may cost, in MB: the longest list, as it is kept, or 4 MB of the JSON that takes the most memory. */
const mostGrownMb = 250;
/** The longest that other extensions in the same host may have to wait for us, in milliseconds. */
const mostBlockedMillis = 1_500;

/** Calls whose answer is an array. */
const lists = ['list', 'images', 'changes'];

/** @param path beginning of the path that is lied about */
const lieAbout = (path: string, lie: (asked: Asked) => Lie) => (asked: Asked): Lie | undefined => asked.path.startsWith(path) ? lie(asked) : undefined;

function expectBounded({ grownMb, blockedMillis }: Measured, most = mostGrownMb): void {
  expect(grownMb).toBeLessThan(most);
  expect(blockedMillis).toBeLessThan(mostBlockedMillis);
}

/** Refused in words of ours that say what to do. */
function expectRefused(measured: Measured, words: RegExp): void {
  expectBounded(measured);
  expect(measured.isHuman).toBe(true);
  expect(measured.error).toMatch(words);
}

describe('a gigabyte without a line\'s end', () => {
  const tooMuch = /sent (an answer|a line|an output) of more than [\d.]+ [kM]B.*Check which engine/;

  test.each([
    ['ping', '/_ping', 1], ['list', '/containers/json', 4], ['images', '/images/json', 4], ['inspect', '/containers/a/json', 8], ['raw', '/containers/a/json', 8], ['facts', '/info', 8], ['changes', '/containers/a/changes', 4],
    ['events', '/events', 4], ['past', '/events', 4], ['pull', '/images/create', 4], ['stats', '/containers/a/stats', 4],
  ])('for "%s" is read as far as an engine would go', async (call, path, mostMb) => {
    const liar = await serveLies(lieAbout(path, () => open([`${lists.includes(call) ? '[' : ''}{"Id":"`], much(gigabyte))));
    const measured = await ask(`1 GB of JSON without a line's end, ${call}`, liar, call);
    expectRefused(measured, tooMuch);
    expect(measured.sentMb).toBeLessThan(mostMb);
  });

  test('as a refusal is cut', async () => {
    const liar = await serveLies(lieAbout('/containers/a/json', () => ['HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n{"message":"', ...much(gigabyte / 10)]));
    const measured = await ask('100 MB of refusal, inspect', liar, 'inspect');
    expectRefused(measured, /^The engine failed \(HTTP 500\)/);
    expect(measured.error?.length).toBeLessThan(600);
    expect(measured.sentMb).toBeLessThan(4);
  });

  test('that nobody asked for is not read', async () => {
    const liar = await serveLies(lieAbout('/containers/a/start', () => open(much(gigabyte))));
    const measured = await ask('1 GB after a start', liar, 'start');
    expectBounded(measured);
    expect(measured.error).toBeNull();
    expect(measured.sentMb).toBeLessThan(4);
  });

  test('as a command\'s output is refused', async () => {
    const liar = await serveLies(({ path }) => path === '/exec/e/start' ? open([frameHeader(1, gigabyte)], much(gigabyte)) : undefined);
    expectRefused(await ask('1 GB of a command\'s output', liar, 'exec'), tooMuch);
  });

  test('as a log of a terminal goes through, and most of it is left out', async () => {
    const liar = await serveLies(lieAbout('/containers/a/logs', () => open(much(gigabyte))));
    const measured = await ask('1 GB of log in one line (terminal)', liar, 'rawLog');
    expectBounded(measured, 100);
    expect(measured.error).toBeNull();
    expect(measured.sentMb).toBeGreaterThan(999);
    expect(measured.count).toBeLessThan(10e6);
  });

  test('as a log in frames goes through, and most of it is left out', async () => {
    const liar = await serveLies(lieAbout('/containers/a/logs', () => open([frameHeader(1, gigabyte)], much(gigabyte))));
    const measured = await ask('1 GB of log in one frame', liar, 'log');
    expectBounded(measured, 100);
    expect(measured.sentMb).toBeGreaterThan(999);
  });

  test('where frames are expected is refused at once', async () => {
    const liar = await serveLies(lieAbout('/containers/a/attach', () => open(much(gigabyte))));
    expectRefused(await ask('1 GB without frames, attach', liar, 'attach'), /not output of a container/);
  });
});

describe('lists', () => {
  test('of ten million containers are refused', async () => {
    const liar = await serveLies(lieAbout('/containers/json', () => open(['['], rows(10_000_000, (number) => `{"Id":"${number.toString(16).padStart(64, '0')}","Names":["/c${number}"],"State":"running"},`), ['{"Id":"z"}]'])));
    expectRefused(await ask('10 million containers', liar, 'list'), /more than/);
  });

  test('of as many as can be shown are read', async () => {
    const row = (number: number): string => `${JSON.stringify({ Id: number.toString(16).padStart(64, '0'), Names: [`/c${number}`], State: 'running', Image: 'busybox', Labels: { words: `${number} ${'x'.repeat(1_000)}` } })},`;
    const liar = await serveLies(lieAbout('/containers/json', () => open(['['], rows(49_999, row), ['{"Id":"z"}]'])));
    const measured = await ask('50,000 containers, 60 MB', liar, 'list');
    expectBounded(measured);
    expect(measured.count).toBe(50_000);
  });

  test('of more rows than can be shown are refused, though they are short', async () => {
    const liar = await serveLies(lieAbout('/containers/json', () => open([`[${'{"Id":"a"},'.repeat(100_000)}{"Id":"b"}]`])));
    expectRefused(await ask('100,000 containers in 1 MB', liar, 'list'), /lists more than 50000 containers/);
  });

  test.each([
    ['empty arrays', '[', '[],', '0]'], ['empty objects', '[', '{},', '0]'], ['numbers', '[', '0,', '0]'], ['arrays in arrays', '', '[', ''], ['objects in objects', '', '{"":', ''], ['keys', '{', '', ''],
  ])('that blow up when they are read (%s) are refused', async (what, first, text, last) => {
    const size = 60_000_000;
    const body = what === 'keys' ? rows(4_000_000, (number) => `"${number}":0,`) : much(size - size % text.length, text);
    const liar = await serveLies(lieAbout('/containers/json', () => open([first], body, [what === 'keys' ? '"":0}' : last])));
    const measured = await ask(`60 MB of ${what}, list`, liar, 'list');
    expectBounded(measured);
    expect(measured.isHuman).toBe(true);
  });
});

describe('pieces of one byte', () => {
  const chunk = '1\r\nx\r\n';
  const begin = `${head}Transfer-Encoding: chunked\r\n\r\n`;

  test('cost what their bytes cost, in an answer', async () => {
    const liar = await serveLies(lieAbout('/containers/a/json', () => [begin, ...much(30_000_000, chunk)]));
    expectRefused(await ask('4 million chunks of one byte, inspect', liar, 'inspect'), /of more than 4 MB/);
  });

  test.each([['arrays in arrays', '['], ['objects in objects', '{"":'], ['empty arrays', '[],']])('that blow up in an inspection (%s)', async (what, text) => {
    const liar = await serveLies(lieAbout('/containers/a/json', () => open([text.endsWith(',') ? '[' : ''], much(4_190_000, text), [text.endsWith(',') ? '0]' : ''])));
    const measured = await ask(`4 MB of ${what}, inspect`, liar, 'raw');
    expectBounded(measured);
  });

  test('cost what their bytes cost, in a line', async () => {
    const liar = await serveLies(lieAbout('/events', () => [begin, ...much(30_000_000, chunk)]));
    expectRefused(await ask('1 million chunks of one byte, events', liar, 'events'), /a line of more than/);
  });

  test('cost what their bytes cost, in a log', async () => {
    const pieces = Buffer.concat([frameHeader(1, 1), Buffer.from('x'), frameHeader(2, 1), Buffer.from('y')]).toString('latin1');
    const liar = await serveLies(lieAbout('/containers/a/logs', () => open(much(18_000_000, pieces))));
    const measured = await ask('2 million frames of one byte, log', liar, 'log');
    expectBounded(measured, 150);
  });
});

describe('floods of what is well formed', () => {
  const event = (number: number): string => `{"Type":"container","Action":"start","Actor":{"ID":"${number.toString(16).padStart(64, '0')}","Attributes":{"name":"${'n'.repeat(200)}"}},"timeNano":1}\n`;

  test('of events about containers that there are not leave the window usable', async () => {
    const liar = await serveLies(lieAbout('/events', () => open(rows(2_000_000, event))));
    const measured = await ask('a flood of events of containers that are not', liar, 'connection', { abortAfter: 4_000 });
    expectBounded(measured);
    expect(measured.cancelMillis).toBeLessThan(200);
    // They were asked for a few at a time, and the list now and then.
    expect(liar.asked.filter((asked) => asked.startsWith('GET /containers/')).length).toBeLessThan(100_000);
  });

  test('of large events do not fill the flight recorder', async () => {
    const large = `{"Type":"image","Action":"pull","Actor":{"ID":"i","Attributes":{"name":"${'n'.repeat(900_000)}"}},"timeNano":1}\n`;
    const liar = await serveLies(lieAbout('/events', () => open(Array.from({ length: 1_100 }, () => large))));
    const measured = await ask('1,100 events of 0.9 MB', liar, 'connection', { abortAfter: 4_000 });
    expectBounded(measured);
    expect(measured.count).toBeGreaterThan(300);
  });

  test('of a container\'s past are refused', async () => {
    const liar = await serveLies(lieAbout('/events', () => open(rows(2_000_000, event))));
    expectRefused(await ask('2 million past events', liar, 'past'), /more than 4096 events/);
  });

  test('of layers are counted as far as images go', async () => {
    const liar = await serveLies(lieAbout('/images/create', () => open(rows(300_000, (number) => `{"status":"Downloading","id":"${number}","progressDetail":{"current":1e999,"total":-5}}\n`))));
    const measured = await ask('300,000 layers', liar, 'pull');
    expectBounded(measured);
    expect(measured.count).toBe(256);
  });

  test('of samples are thinned out', async () => {
    const sample = '{"read":"2026-01-01T00:00:00Z","cpu_stats":{"cpu_usage":{"total_usage":1}}}\n';
    const liar = await serveLies(lieAbout('/containers/a/stats', () => open(much(sample.length * 500_000, sample))));
    const measured = await ask('500,000 samples', liar, 'stats');
    expectBounded(measured);
    expect(measured.count).toBeLessThan(300);
  });
});

describe('what never ends can be cancelled', () => {
  test.each([['list', '/containers/json'], ['inspect', '/containers/a/json'], ['pull', '/images/create'], ['log', '/containers/a/logs'], ['stats', '/containers/a/stats'], ['exec', '/exec/e/start']])('a byte a second, %s', async (call, path) => {
    const liar = await serveLies(lieAbout(path, ({ gone }) => drip(`${head}Connection: close\r\n\r\n`, call === 'log' || call === 'exec' ? '\u0001' : '[', 1_000, gone)));
    const measured = await ask(`a byte a second, ${call}, cancelled`, liar, call, { abortAfter: 500 });
    expect(measured.isAborted).toBe(true);
    expect(measured.cancelMillis).toBeLessThan(200);
  });

  test.each([['list', '/containers/json'], ['inspect', '/containers/a/json'], ['ping', '/_ping'], ['facts', '/info'], ['shell', '/exec/e/start']])('headers that never end are waited for so long and no longer, %s', async (call, path) => {
    const liar = await serveLies(({ path: asked, gone }) => {
      if (call === 'shell' && asked.endsWith('/exec/e/json')) { return shortJson('{"Running":false,"ExitCode":0}'); }
      // The first start only looks whether there is a shell.
      if (call === 'shell' && asked === '/exec/e/start' && liar.asked.filter((one) => one.endsWith('/exec/e/start')).length === 1) { return open([]); }
      return asked.startsWith(path) ? drip(head, 'X-Y: z\r\n', 100, gone) : undefined;
    });
    const measured = await ask(`headers that never end, ${call}`, liar, call, { answerMillis: 1_000 });
    expectRefused(measured, /does not answer\. Check the network/);
    expect(measured.seconds).toBeLessThan(2);
  });

  test('a list that drips does not keep the connection from being given up', async () => {
    const liar = await serveLies(lieAbout('/containers/json', ({ gone }) => drip(`${head}Connection: close\r\n\r\n`, '[', 1_000, gone)));
    const measured = await ask('a list of a byte a second, reconnect', liar, 'connection', { abortAfter: 2_000 });
    expect(measured.cancelMillis).toBeLessThan(200);
  });
});

function shortJson(text: string): Lie {
  return [`${head}Content-Length: ${text.length}\r\n\r\n${text}`];
}

function frameHeader(stream: number, bytes: number): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes, 4);
  return header;
}

/** Rows by the thousand. */
function* rows(count: number, text: (number: number) => string): Generator<string, void, undefined> {
  for (let from = 0; from < count; from += 1_000) { yield Array.from({ length: Math.min(1_000, count - from) }, (_, index) => text(from + index)).join(''); }
}
