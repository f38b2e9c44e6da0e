// npm run bench: measures what CONTRIBUTING.md ("The bench") names and prints one table. It judges nothing: it says which goals are met.
//   npm run bench                       every row
//   npm run bench -- size hello         these rows
//   npm run bench -- --json FILE size   also keeps the figures there; rows of earlier runs that are in it stay, and are in the table
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { vscodeVersion } from '../../lab/vscode/install.mjs';
import { figuresTable, machine, takenIn } from './figures.mjs';

const folder = join(import.meta.dirname, 'rows');
/** In this order; what has no place in it comes after it. */
const order = ['size', 'activation', 'hello', 'event', 'scale', 'hosts', 'thousand', 'storm', 'sampling', 'limit', 'limitV2', 'page', 'idle', 'contexts', 'ssh', 'recorder'];
const place = (row) => (order.includes(row) ? order.indexOf(row) : order.length);
const known = readdirSync(folder).map((file) => file.replace(/\.mjs$/, '')).sort((a, b) => place(a) - place(b));

const { values: { json }, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const unknown = positionals.filter((row) => !known.includes(row));
if (unknown.length > 0) {
  console.error(`No such row: ${unknown.join(', ')}. Rows: ${known.join(', ')}`);
  process.exit(2);
}

/** Where the figures were taken: a row of an earlier run keeps its own. */
const taken = { date: new Date().toISOString().slice(0, 10), machine: machine(), node: process.version, docker: `${versionOf('docker')} (command), ${versionOf('dockerd')} (engine)`, vscode: vscodeVersion };
const rows = json !== undefined && existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {};
for (const row of positionals.length > 0 ? positionals : known) {
  console.error(`— ${row}`);
  try {
    const { measure } = await import(`./rows/${row}.mjs`);
    rows[row] = { taken, figures: await measure({ log: (line) => console.error(`  ${line}`) }) };
  } catch (error) {
    // One that cannot be measured here takes no other with it.
    console.error(error);
    process.exitCode = 1;
  }
  if (json !== undefined) { writeFileSync(json, `${JSON.stringify(inOrder(rows), null, 1)}\n`); }
}
console.log(`${takenIn(rows)}\n`);
console.log(figuresTable(inOrder(rows)));

function inOrder(unsorted) {
  return Object.fromEntries(Object.entries(unsorted).sort(([a], [b]) => place(a) - place(b)));
}

function versionOf(program) {
  try {
    return /version ([\w.]+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
  } catch {
    return 'not installed yet';
  }
}
