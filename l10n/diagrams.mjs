// The words in the diagrams of media/: they are translated as the strings of the code are, through the same bundle.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const media = join(import.meta.dirname, '../media');

/** The diagrams' names, without ".svg". @returns {string[]} */
export function diagramNames() {
  return readdirSync(media).filter((file) => file.endsWith('.svg') && /<text\b/.test(readFileSync(join(media, file), 'utf8'))).map((file) => file.slice(0, -'.svg'.length));
}

/** @param {string} name */
export function readDiagram(name) {
  return readFileSync(join(media, `${name}.svg`), 'utf8');
}

/** What is said in a diagram: what has letters in it. @returns {string[]} */
export function diagramTexts(/** @type {string} */ svg) {
  /** @type {string[]} */
  const texts = [];
  replaceDiagramTexts(svg, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

/**
 * A diagram in another language.
 * @param {string} svg
 * @param {(text: string) => string} translate
 */
export function replaceDiagramTexts(svg, translate) {
  return svg.replace(/<(title|desc|text)\b[^>]*>[\s\S]*?<\/\1>/g, (element) => element.replace(/>(\s*)([^<]*\p{L}[^<]*?)(\s*)</gu, (_, before, text, after) => `>${before}${escape(translate(unescape(text)))}${after}<`));
}

const entities = Object.entries({ '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' });
const unescape = (/** @type {string} */ text) => entities.reduce((plain, [entity, char]) => plain.replaceAll(entity, char), text);
const escape = (/** @type {string} */ text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
