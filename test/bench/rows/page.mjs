// The live page with ten minutes of three series: what the browser's main thread does for one sample and the frame that shows it, fed five
// times a second; and the page's memory over an hour of samples that come faster.
import { setTimeout as sleep } from 'node:timers/promises';
import { packageExtension } from '../../../lab/extension.mjs';
import { openBrowser } from '../../../lab/vscode/browser.mjs';
import { servePages } from '../../ui/preview/server.mjs';
import { atMost, quantile, spread } from '../figures.mjs';

const PER_SECOND = 5;
const SAMPLES = 300;
const HOUR = 3_600 * PER_SECOND;
/** One frame shows so many samples when they come faster than real time. */
const AT_ONCE = 15;
const FRAME_MS = 16;
const MORE_MEMORY = 1.05;

export async function measure({ log }) {
  await packageExtension();
  const pages = await servePages('dist');
  const browser = await openBrowser();
  try {
    const { page } = browser;
    await page.goto(`${pages.origin}/?theme=dark-modern&scenario=long`);
    await page.waitForSelector('.u-over');
    await page.evaluate(feeder);
    // Ten minutes are in view, the most that the page shows.
    await page.click('vscode-radio >> nth=2');
    const client = await page.context().newCDPSession(page);
    await client.send('Performance.enable');
    const metric = async (name) => (await client.send('Performance.getMetrics')).metrics.find((one) => one.name === name).value;
    await page.evaluate(([count, atOnce]) => window.feed(count, atOnce), [600 * PER_SECOND, AT_ONCE]);
    const [millis, floor] = [[], []];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const due = performance.now() + 1_000 / PER_SECOND;
      for (const [into, count] of [[millis, 1], [floor, 0]]) {
        const before = await metric('TaskDuration');
        await page.evaluate((more) => window.feed(more, 1), count);
        into.push((await metric('TaskDuration') - before) * 1_000);
      }
      await sleep(Math.max(0, due - performance.now()));
    }
    const heap = async () => {
      await client.send('HeapProfiler.collectGarbage');
      return await metric('JSHeapUsedSize') / 1e6;
    };
    const first = await heap();
    const megabytes = [];
    for (let part = 0; part < 6; part += 1) {
      await page.evaluate(([count, atOnce]) => window.feed(count, atOnce), [HOUR / 6, AT_ONCE]);
      megabytes.push(await heap());
      log(`${(part + 1) * 10} minutes: ${megabytes.at(-1).toFixed(1)} MB`);
    }
    const p99 = quantile(millis, 0.99);
    return [
      { what: 'live page, 10 minutes at 5 Hz, three series: main thread for a sample and its frame', unit: 'ms', ours: spread(millis), beside: { what: 'frames that show nothing new', value: spread(floor) } },
      { what: 'live page: the same, 99 %', unit: 'ms', ours: spread(p99), beside: { what: 'nothing new', value: spread(quantile(floor, 0.99)) }, goal: atMost(`under ${FRAME_MS} ms`, FRAME_MS, p99) },
      { what: 'live page: memory at the end of an hour', unit: 'MB', ours: spread(megabytes.at(-1)), beside: { what: 'at its beginning', value: spread(first) }, goal: atMost(`≤ ${MORE_MEMORY} × (flat)`, MORE_MEMORY, megabytes.at(-1) / first) },
    ];
  } finally {
    await browser.close();
    pages.close();
  }
}

/** In the page: what the extension host would post, after what the page was opened with. Resolves when all of it was drawn. */
function feeder() {
  const { preview } = window;
  const { samples, rates, figures } = preview.messages[0];
  let at = samples.at(-1).at;
  let count = 0;
  const drawn = () => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
  window.feed = async (more, atOnce) => {
    for (let fed = 0; fed < more; fed += 1) {
      at += 200;
      count += 1;
      // Of the limited stretch, so that all three series have something to show.
      const like = samples[1000 + count % 1000];
      preview.say({ type: 'samples', samples: [{ ...like, at }], figures });
      if (count % 5 === 0) { preview.say({ type: 'rates', rates: [{ at, perSecond: rates[200 + count % 200].perSecond }], figures }); }
      if (fed % atOnce === atOnce - 1) { await drawn(); }
    }
    await drawn();
  };
}
