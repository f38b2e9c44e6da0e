#!/usr/bin/env node
/**
 * Stands in for the `code` executable of @vscode/test-electron on machines that cannot download VS Code or have no
 * screen: runs the tests' `exports.run` in the extension host of the lab's VS Code, prints what they print, and exits
 * 0 (passed), 1 (failed) or 2 (no result). The environment is handed to the extension host.
 *
 *   code.mjs --extensionDevelopmentPath=DIR --extensionTestsPath=FILE [FOLDER]
 *     [--vsix=FILE] [--timeout=SECONDS] [--start-timeout=SECONDS] [--verbose]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { URLSearchParams } from 'node:url';
import { format } from 'node:util';
import { onExit } from '../cleanup.mjs';
import { openBrowser } from './browser.mjs';
import { installVscode } from './install.mjs';
import { installExtension, makeProfile, startServer } from './server.mjs';

/** The workbench logs through the same function as the tests' console: these lines are its own. */
const WORKBENCH_TALK =
  /^(Resolv(ing|ed) connection token|Creating a socket|Updating additional builtin|Ignoring fetching additional|\[(Service Worker|reconnection-grace-time|AccountPolicyGate|AgentHost)|ChatSessionStore|Creation of workbench contribution|Timed out waiting for authentication provider|.*open-vsx\.org)/;

const PASSED = 0;
const FAILED = 1;
const NO_RESULT = 2;

process.exit(await main(process.argv.slice(2)));

/** @param {string[]} argv */
async function main(argv) {
  const options = new Map(argv.filter((arg) => arg.startsWith('--')).map((arg) => [arg.split('=', 1)[0].slice(2), arg.split(/=(.*)/s)[1] ?? 'true']));
  const development = options.get('extensionDevelopmentPath');
  const tests = options.get('extensionTestsPath');
  if (!development || !tests) {
    console.error('Needed: --extensionDevelopmentPath=DIR --extensionTestsPath=FILE');
    return NO_RESULT;
  }
  const temporary = mkdtempSync(join(tmpdir(), 'hcl-tests-'));
  const removeTemporary = () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  onExit(removeTemporary, removeTemporary);
  const folder = resolve(argv.find((arg) => !arg.startsWith('-')) ?? join(temporary, 'folder'));
  mkdirSync(folder, { recursive: true });

  const vscode = await installVscode({ log: console.error });
  const profile = makeProfile(join(temporary, 'profile'));
  const vsix = options.get('vsix');
  if (vsix) await installExtension(resolve(vsix), { vscode, profile });
  const server = await startServer({ vscode, profile, testDriver: true });
  const browser = await openBrowser();
  try {
    return await runTests({
      page: browser.page,
      server,
      folder,
      development: resolve(development),
      tests: resolve(tests),
      isVerbose: options.has('verbose'),
      timeoutMs: Number(options.get('timeout') ?? 300) * 1_000,
      startTimeoutMs: Number(options.get('start-timeout') ?? 90) * 1_000,
    });
  } finally {
    await browser.close();
    await server.stop();
    removeTemporary();
  }
}

/**
 * @param {object} what
 * @param {import('@playwright/test').Page} what.page
 * @param {import('./server.mjs').Server} what.server
 * @param {string} what.folder
 * @param {string} what.development
 * @param {string} what.tests
 * @param {boolean} what.isVerbose
 * @param {number} what.timeoutMs
 * @param {number} what.startTimeoutMs how long the tests may print nothing before the window is loaded anew, once
 */
async function runTests({ page, server, folder, development, tests, isVerbose, timeoutMs, startTimeoutMs }) {
  /** @type {string[]} */
  const workbenchTalk = [];
  // The two functions by which a VS Code in a browser reports to whoever drives it.
  await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ args) => {
    const line = format(...args);
    const isTalk = WORKBENCH_TALK.test(line);
    if (isTalk) workbenchTalk.push(line);
    else clearTimeout(reload);
    if (isVerbose || !isTalk) (type === 'error' ? process.stderr : process.stdout).write(`${line}\n`);
  });
  /** @type {Promise<number>} */
  const exitCode = new Promise((settle) => void page.exposeFunction('codeAutomationExit', settle));

  const remote = (/** @type {string} */ path) => `vscode-remote://${server.host}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(development)],
    ['extensionTestsPath', remote(tests)],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
  // On a very busy machine it was seen that the extension host never came to run the tests.
  const reload = setTimeout(() => {
    console.error(`The tests have printed nothing for ${startTimeoutMs / 1_000} s: loading the window anew.`);
    void page.reload();
  }, startTimeoutMs);
  await page.goto(`${server.url}/?${query}`);

  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const tooLate = new Promise((settle) => (timer = setTimeout(settle, timeoutMs)));
  const code = await Promise.race([exitCode, tooLate]);
  clearTimeout(timer);
  clearTimeout(reload);
  if (code === undefined) {
    const picture = join(tmpdir(), 'hello-containers-tests-timeout.png');
    await page.screenshot({ path: picture });
    console.error(`The tests gave no result in ${timeoutMs / 1_000} s. A picture of the window: ${picture}`);
    console.error(`What the workbench said last:\n${workbenchTalk.slice(-15).join('\n')}`);
    console.error(`What the server said last:\n${server.log().trimEnd().split('\n').slice(-15).join('\n')}`);
    return NO_RESULT;
  }
  return code === 0 ? PASSED : FAILED;
}
