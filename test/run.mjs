// npm test [-- TIER …]: type-checks, lints, and runs the tiers; ends with "N passed, N failed" over all of them.
//   node test/run.mjs            everything but what runs only when it is named: faults, v2, newest-extension, newest-ui
//   node test/run.mjs unit ui    only these tiers
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensurePackages } from '../lab/packages.mjs';
import { NEWEST_TRIED } from '../lab/vscode/install.mjs';

const results = 'test-results';
const newest = { HELLO_CONTAINERS_VSCODE_VERSION: NEWEST_TRIED };
const bin = (name) => join('node_modules', '.bin', name);

const extension = { command: ['node', 'test/extension/run.mjs'], count: () => JSON.parse(readFileSync(`${results}/extension.json`, 'utf8')) };
const ui = { command: [bin('playwright'), 'test'], count: playwright };

/** Each check: its command, and how many of its tests passed and failed. A check without tests counts as one. */
const checks = {
  'typecheck': { command: ['npm', 'run', '--silent', 'typecheck'] },
  'lint': { command: ['npm', 'run', '--silent', 'lint'] },
  'audit': { command: ['npm', 'run', '--silent', 'audit'], notDone: 75 },
  'build': { command: ['npm', 'run', '--silent', 'package'] },
  'unit': { command: [bin('vitest'), 'run', '--project', 'unit', '--reporter=default', '--reporter=json', `--outputFile.json=${results}/unit.json`], count: vitest('unit') },
  'fuzz': { command: [bin('vitest'), 'run', '--project', 'fuzz', '--reporter=dot', '--reporter=./test/fuzz/figures.mjs', '--reporter=json', `--outputFile.json=${results}/fuzz.json`], count: vitest('fuzz') },
  'hostile': { command: [bin('vitest'), 'run', '--project', 'hostile', '--reporter=default', '--reporter=json', `--outputFile.json=${results}/hostile.json`], count: vitest('hostile') },
  'engine': { command: [bin('vitest'), 'run', '--project', 'engine', '--reporter=default', '--reporter=json', `--outputFile.json=${results}/engine.json`], count: vitest('engine') },
  'faults': { command: [bin('vitest'), 'run', '--project', 'faults', '--reporter=default', '--reporter=json', `--outputFile.json=${results}/faults.json`], count: vitest('faults'), onlyNamed: true },
  'v2': { command: [bin('vitest'), 'run', '--project', 'v2', '--reporter=default', '--reporter=json', `--outputFile.json=${results}/v2.json`], count: vitest('v2'), onlyNamed: true },
  extension,
  ui,
  // The newest VS Code: the whole extension tier, the first minute and the lesson. HELLO_CONTAINERS_VSCODE_VERSION runs the rest on any version.
  'newest-extension': { ...extension, env: newest, onlyNamed: true },
  'newest-ui': { ...ui, command: [...ui.command, 'firstMinute', 'walkthrough'], env: newest, onlyNamed: true },
};
const always = ['build'];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in checks));
if (unknown.length > 0) {
  console.error(`There is no tier ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}.`);
  process.exit(2);
}

// Runs the bundled image's program for the other architecture; a machine that cannot have it skips that test.
await ensurePackages({ 'qemu-user-static': 'qemu-aarch64-static' }).catch((error) => console.warn(error.message));

rmSync(results, { recursive: true, force: true });
mkdirSync(results);
let [passed, failed] = [0, 0];
const lines = [];
for (const [name, { command, count, env, onlyNamed = false, notDone }] of Object.entries(checks)) {
  if (wanted.length === 0 && onlyNamed) { continue; }
  if (wanted.length > 0 && !wanted.includes(name) && !(always.includes(name) && wanted.some((tier) => /(extension|ui)$/.test(tier)))) { continue; }
  console.log(`\n=== ${name}`);
  const from = performance.now();
  const status = await run(command, env);
  if (status === notDone) {
    // Neither passed nor failed, and said so where everybody looks.
    lines.push(`${name}: NOT DONE (what it says of the reason is above)`);
    continue;
  }
  const tally = tallyOf(count, status);
  passed += tally.passed;
  failed += tally.failed;
  lines.push(`${name}: ${tally.passed} passed, ${tally.failed} failed${tally.secondTry > 0 ? `, ${tally.secondTry} passed at the second try only` : ''} (${((performance.now() - from) / 1000).toFixed(0)} s)`);
  // Named again beside the figures: whoever has only the end of a long output sees which it was.
  lines.push(...(tally.failures ?? []).map((failure) => `  ${failure}`));
}
console.log(`\n${lines.join('\n')}\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function run([file, ...args], env = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** A tier that failed without saying which test did counts as one failure: it must never pass for green. */
function tallyOf(count, status) {
  let tally = { passed: 0, failed: 0 };
  try {
    tally = count === undefined ? { passed: status === 0 ? 1 : 0, failed: 0 } : count();
  } catch (error) {
    console.error(`no result: ${error.message}`);
  }
  return status !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

function vitest(tier) {
  return () => {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(`${results}/${tier}.json`, 'utf8'));
    const failures = testResults.flatMap(({ name, message, assertionResults }) => [
      ...assertionResults.filter(({ status }) => status === 'failed').map(({ fullName, failureMessages }) => `failed: ${fullName}: ${firstLine(failureMessages[0])}`),
      ...(message ? [`failed: ${relative('.', name)}: ${firstLine(message)}`] : []),
    ]);
    return { passed: numPassedTests, failed: numFailedTests, failures };
  };
}

function playwright() {
  const { stats, suites } = JSON.parse(readFileSync(`${results}/ui.json`, 'utf8'));
  const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
  const failures = suites.flatMap(specsOf).flatMap(({ title, tests }) =>
    tests.filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ status, results: tries }) => `${status === 'flaky' ? 'at the second try only' : 'failed'}: ${title}: ${firstLine(tries.find(({ error }) => error !== undefined)?.error.message)}`));
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, secondTry: stats.flaky, failures };
}

function firstLine(text = '') {
  return stripVTControlCharacters(text).split('\n', 1)[0];
}
