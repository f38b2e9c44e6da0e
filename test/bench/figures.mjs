import { cpus } from 'node:os';

/**
 * What a row of the bench gives. Numbers only, in one unit; the table's words are made of it at the end.
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} least
 * @property {number} most
 * @property {number} count   how often it was measured
 *
 * @typedef {object} Figure
 * @property {string} what     what was measured, without its unit
 * @property {string} unit     'ms', 'kB', '%' …; '' for a count
 * @property {Spread} ours
 * @property {{ what: string, value: Spread }} [beside]  a peer's or a floor, measured in the same run
 * @property {Goal} [goal]
 *
 * @typedef {object} Goal
 * @property {string} text     "under 400 kB"
 * @property {number} limit
 * @property {number} reached  as the limit: a length, a ratio, a count
 * @property {boolean} met
 */

/** @param {number | readonly number[]} values one or more measurements */
export function spread(values) {
  const sorted = [values].flat().sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), least: sorted[0], most: sorted.at(-1), count: sorted.length };
}

/** @param {readonly number[]} values @param {number} share 0.5 is the median */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** At most so much. @returns {Goal} */
export function atMost(text, limit, reached) {
  return { text, limit, reached, met: reached <= limit };
}

/** The machine and the versions, as the table names them. */
export function machine() {
  return `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} CPUs`;
}

/**
 * When and on what rows were measured, in a line; each that differs is there.
 * @param {Record<string, { taken: Record<string, string> }>} rows
 */
export function takenIn(rows) {
  const all = (key) => [...new Set(Object.values(rows).map(({ taken }) => taken[key]))].sort().join(' and ');
  return `${all('date')}; ${all('machine')}; Node ${all('node')}, Docker ${all('docker')}, VS Code ${all('vscode')}.`;
}

/** The figures of all rows as a table in Markdown. @param {Record<string, { figures: Figure[] }>} rows */
export function figuresTable(rows) {
  const cells = Object.entries(rows).flatMap(([row, { figures }]) => figures.map((figure) => [
    row, figure.what, inWords(figure.ours, figure.unit),
    figure.beside === undefined ? '' : `${figure.beside.what}: ${inWords(figure.beside.value, figure.unit)}`,
    figure.goal?.text ?? '', verdict(figure.goal),
  ]));
  const line = (values) => `| ${values.map((value) => value.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [['row', 'what', 'ours', 'beside it', 'goal', ''], ['---', '---', '---', '---', '---', '---'], ...cells].map(line).join('').replaceAll('|  |', '| |').replaceAll('|  |', '| |');
}

/** "12.3 ms (11.8–14.0)" */
function inWords({ median, least, most, count }, unit) {
  const middle = `${number(median)}${unit === '' ? '' : ` ${unit}`}`;
  return count === 1 ? middle : `${middle} (${number(least)}–${number(most)})`;
}

function verdict(goal) {
  if (goal === undefined) { return ''; }
  return goal.met ? 'met' : `missed by ${number(goal.reached - goal.limit)}`;
}

/** Three digits that say something. */
function number(value) {
  const size = Math.abs(value);
  return value.toFixed(Number.isInteger(value) || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
