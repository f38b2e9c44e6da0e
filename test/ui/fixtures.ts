import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test as base, type Page } from '@playwright/test';
import { DRIVE_SETTINGS, openWorkbench, showContainersView } from '../../lab/drive.mjs';
import { openEngine } from '../../lab/engine.mjs';
import { ensurePackages } from '../../lab/packages.mjs';
import { run } from '../../lab/processes.mjs';
import { openBrowser } from '../../lab/vscode/browser.mjs';
import { installVscode } from '../../lab/vscode/install.mjs';
import { installExtension, makeProfile, startServer } from '../../lab/vscode/server.mjs';

/** What all tests share: one engine, one VS Code with the packaged extension. */
export interface Lab {
  engine: Awaited<ReturnType<typeof openEngine>>;
  url: string;
  /** Of VS Code's server: what it starts are its children. */
  serverPid: number;
  /** Docker's configuration folder, which VS Code sees as the user's own. */
  dockerConfig: string;
  /** Puts the user's settings over the lab's own; VS Code sees the change at once. */
  setSettings(settings: Record<string, unknown>): void;
  /** Installs one more extension: the next window has it. */
  install(vsix: string): Promise<unknown>;
  /** The docker command on the lab's engine, as a user would type it in a terminal. */
  docker(...args: string[]): Promise<string>;
}

export interface Workbench {
  page: Page;
  /** What the browser console said of errors, refusals of a content security policy among them. */
  consoleErrors: string[];
  /** An empty folder, opened. */
  folder: string;
}

export const pictures = 'test-results/pictures';

/** The tests' own engine. Another name lets two runs go on at the same time. */
export const engineName = process.env.HELLO_CONTAINERS_UI_ENGINE ?? 'test-ui';

const ours = ['--filter', 'label=hello-containers.role'];

export const test = base.extend<{ workbench: Workbench }, { lab: Lab }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of what a fixture needs from here
  lab: [async ({}, use) => {
    const log = (line: string): void => console.log(line);
    const vscode = await installVscode({ log });
    await ensurePackages({ 'docker-cli': 'docker' }, { log });
    const temporary = mkdtempSync(join(tmpdir(), 'hc-ui-'));
    const engine = await openEngine({ name: engineName, fresh: true, log });
    const profile = makeProfile(join(temporary, 'profile'), DRIVE_SETTINGS);
    const dockerConfig = join(temporary, 'docker-config');
    mkdirSync(dockerConfig);
    const settingsFile = join(profile, 'data/User/settings.json');
    // In a VS Code whose extensions run on another machine than its window, settings of that machine are in a file of their own.
    const machineFile = join(profile, 'data/Machine/settings.json');
    mkdirSync(dirname(machineFile), { recursive: true });
    writeFileSync(machineFile, '{}');
    const settings = JSON.parse(readFileSync(settingsFile, 'utf8')) as Record<string, unknown>;
    await installExtension(process.env.HELLO_CONTAINERS_UI_VSIX ?? 'hello-containers.vsix', { vscode, profile });
    // Where the docker CLI of whoever runs the tests points to is not our business.
    const server = await startServer({ vscode, profile, env: { DOCKER_HOST: engine.host, DOCKER_CONFIG: dockerConfig, DOCKER_CONTEXT: undefined, DOCKER_TLS_VERIFY: undefined } });
    try {
      await use({
        engine, url: server.url, serverPid: server.pid, dockerConfig,
        setSettings: (more) => {
          const ofMachine = (name: string): boolean => name.startsWith('helloContainers.');
          const entries = Object.entries({ ...settings, ...more });
          writeFileSync(settingsFile, JSON.stringify(Object.fromEntries(entries.filter(([name]) => !ofMachine(name)))));
          writeFileSync(machineFile, JSON.stringify(Object.fromEntries(entries.filter(([name]) => ofMachine(name)))));
        },
        install: (vsix) => installExtension(vsix, { vscode, profile }),
        docker: async (...args) => (await run('docker', ['--host', engine.host, ...args])).trim(),
      });
    } finally {
      await server.stop();
      await engine.close({ remove: true });
      rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
    }
  }, { scope: 'worker', timeout: 600_000 }],

  workbench: async ({ lab }, use, info) => {
    mkdirSync(pictures, { recursive: true });
    lab.setSettings({});
    const folder = mkdtempSync(join(tmpdir(), 'hc-folder-'));
    const browser = await openBrowser();
    const consoleErrors: string[] = [];
    browser.page.on('console', (message) => { if (message.type() === 'error') { consoleErrors.push(message.text()); } });
    try {
      await openWorkbench(browser.page, `${lab.url}/?folder=${folder}`);
      await showContainersView(browser.page);
      await use({ page: browser.page, consoleErrors, folder });
    } finally {
      if (info.status !== info.expectedStatus) { await browser.page.screenshot({ path: `${pictures}/failed-${info.title.replace(/\W+/g, '-')}.png` }).catch(() => undefined); }
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
      await removeOurs(lab);
    }
  },
});

/** Whatever a test has left, so that the next one begins with nothing. */
export async function removeOurs({ docker }: Lab): Promise<void> {
  const ids = (await docker('ps', '--all', '--quiet', ...ours)).split('\n').filter((id) => id !== '');
  if (ids.length > 0) { await docker('rm', '--force', '--volumes', ...ids); }
}

export { expect } from '@playwright/test';
