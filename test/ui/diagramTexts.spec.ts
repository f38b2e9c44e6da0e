/** The walkthrough's pictures with a wide font, as Linux has them: words that run into each other or out of their box are of no help. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { diagramNames, readDiagram, replaceDiagramTexts } from '../../l10n/diagrams.mjs';
import { openBrowser } from '../../lab/vscode/browser.mjs';

const fonts = '--vscode-font-family: Verdana, "DejaVu Sans"; --vscode-editor-font-family: "DejaVu Sans Mono"';
const chinese = JSON.parse(readFileSync('l10n/bundle.l10n.zh-cn.json', 'utf8')) as Record<string, string>;

test('the words of each diagram stay in their box and off each other', async () => {
  const browser = await openBrowser();
  try {
    for (const name of diagramNames()) {
      for (const [language, translate] of [['en', (text: string) => text], ['zh-cn', (text: string) => chinese[text] ?? text]] as const) {
        await browser.page.setContent(`<body style='margin: 0; ${fonts}'>${replaceDiagramTexts(readDiagram(name), translate)}</body>`);
        expect(await browser.page.evaluate(askew), `${name}, ${language}`).toEqual([]);
      }
    }
  } finally {
    await browser.close();
  }
});

/** The words that leave the smallest box around their middle, and pairs that are closer than a letter. In units of the picture. */
const askew = `(() => {
  const svg = document.querySelector('svg');
  const texts = [...svg.querySelectorAll('text')].map((text) => ({ words: text.textContent, box: text.getBBox() }));
  const boxes = [...svg.querySelectorAll('rect')].map((rect) => rect.getBBox()).sort((a, b) => a.width * a.height - b.width * b.height);
  const right = ({ x, width }) => x + width;
  const bottom = ({ y, height }) => y + height;
  const holds = (box, x, y) => box.x <= x && x <= right(box) && box.y <= y && y <= bottom(box);
  const leaving = texts.filter(({ box }) => {
    const around = boxes.find((one) => holds(one, box.x + box.width / 2, box.y + box.height / 2)) ?? svg.viewBox.baseVal;
    return box.x < around.x + 2 || right(box) > right(around) - 2;
  }).map(({ words }) => words + ' leaves its box');
  const meeting = texts.flatMap((a, index) => texts.slice(index + 1)
    .filter((b) => Math.min(right(a.box), right(b.box)) - Math.max(a.box.x, b.box.x) > -4 && Math.min(bottom(a.box), bottom(b.box)) - Math.max(a.box.y, b.box.y) > 4)
    .map((b) => a.words + ' meets ' + b.words));
  return [...leaving, ...meeting];
})()`;
