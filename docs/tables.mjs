// npm run docs: writes the tables of settings and commands into README.md and docs/commands.md, between their markers, from package.json, and
// the bench's latest figures from docs/bench.json.
//   node docs/tables.mjs --check   changes nothing, and fails when a table is stale
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figuresTable, takenIn } from '../test/bench/figures.mjs';

const root = join(import.meta.dirname, '..');
const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');

/** @typedef {{ command: string, title: string }} CommandEntry */

/**
 * The files with tables, as they should be.
 * @returns {Record<string, string>} by path from the project's folder
 */
export function documents() {
  const { contributes } = JSON.parse(read('package.json'));
  const texts = JSON.parse(read('package.nls.json'));
  const text = (/** @type {string} */ value) => value.replace(/^%(.+)%$/, (_, key) => texts[key]);
  const tables = { settings: settingsTable(contributes, text), commands: commandsTable(contributes, text), keys: keysTable(contributes, text), bench: benchTable() };
  return Object.fromEntries(['README.md', 'docs/commands.md'].map((file) => [file, filled(read(file), tables)]));
}

/**
 * @param {string} markdown
 * @param {Record<string, string>} tables
 */
function filled(markdown, tables) {
  return markdown.replace(/(<!-- table: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, begin, name, end) => `${begin}${tables[name]}${end}`);
}

function benchTable() {
  // What has a goal, or README would be all figures.
  const rows = Object.fromEntries(Object.entries(JSON.parse(read('docs/bench.json'))).map(([name, row]) => [name, { ...row, figures: row.figures.filter(({ goal }) => goal !== undefined) }]));
  return `${takenIn(rows)}\n\n${figuresTable(rows)}`;
}

function settingsTable({ configuration: { properties } }, text) {
  return table(['Setting', 'Default', ''], Object.entries(properties).map(([name, { default: value, markdownDescription, scope }]) => [
    `\`${name}\``, value === '' ? '' : value === false ? 'off' : value === true ? 'on' : `\`${value}\``,
    `${text(markdownDescription)}${scope === 'machine' ? ' A setting of the machine: a workspace cannot redirect it.' : ''}`,
  ]));
}

/** Where each is: the palette, and the menus of views by what was clicked. */
function commandsTable({ commands, menus }, text) {
  const unlisted = (menus.commandPalette ?? []).filter(({ when }) => when === 'false').map(({ command }) => command);
  return table(['Command', 'Palette', 'Menus'], commands.map(({ command, title }) => [
    text(title), unlisted.includes(command) ? '' : 'yes', placesOf(command, menus).join(', '),
  ]));
}

/** @param {string} command */
function placesOf(command, menus) {
  const titles = (menus['view/title'] ?? []).filter((item) => item.command === command).map(({ when = '' }) => `title of ${/helloContainers\.(\w+)/.exec(when)?.[1] ?? 'a view'}`);
  const items = (menus['view/item/context'] ?? []).filter((item) => item.command === command).map(({ when = '' }) => thingOf(when));
  const others = Object.entries(menus).filter(([menu, entries]) => !['commandPalette', 'view/title', 'view/item/context'].includes(menu) && entries.some((item) => item.command === command)).map(([menu]) => menu);
  return [...new Set([...titles, ...items, ...others])];
}

/** What a menu of a view belongs to, of its condition: "viewItem =~ /^container\.running/" is a container. */
function thingOf(/** @type {string} */ when) {
  const views = /view =~ \/\^helloContainers\\\.\(([a-z|]+)\)/.exec(when)?.[1];
  if (views) { return views.split('|').map((view) => view.replace(/s$/, '')).join(', '); }
  const named = /viewItem =~ \/\^?\(?(?:\?:)?\^?(\w+)/.exec(when)?.[1] ?? /viewItem == (\w+)/.exec(when)?.[1];
  return named ?? /helloContainers\.(\w+)/.exec(when)?.[1] ?? 'a view';
}

function keysTable({ keybindings, commands }, text) {
  return table(['Key', 'On a Mac', 'Command'], keybindings.map(({ key, mac, command }) => [
    `\`${key}\``, `\`${mac ?? key}\``, text(commands.find((one) => one.command === command).title),
  ]));
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('').replaceAll('|  |', '| |');
}

if (import.meta.filename === process.argv[1]) {
  const stale = Object.entries(documents()).filter(([file, content]) => content !== read(file));
  if (process.argv.includes('--check')) {
    if (stale.length > 0) { console.error(`Stale: ${stale.map(([file]) => file).join(', ')}. Run: npm run docs`); }
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const [file, content] of stale) { writeFileSync(join(root, file), content); }
  }
}
