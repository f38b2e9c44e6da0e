import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chooseFromMenu, containerRow, openWorkbench, showContainersView, terminalText } from '../../lab/drive.mjs';
import { ensurePackages } from '../../lab/packages.mjs';
import { run } from '../../lab/processes.mjs';
import { palette } from '../../lab/vscode/browser.mjs';
import { expect, test } from './fixtures';
import { openExercise, programs, takeAwayExercise, task } from './support/exercise';
import { expectConnected } from './support/view';

test.beforeAll(async () => { await ensurePackages({ 'python3-minimal': 'python3' }); });

test.afterEach(takeAwayExercise);

test('a workspace that is not trusted leads us nowhere by its settings, and everything works in it', async ({ lab, workbench: { page, folder } }) => {
  mkdirSync(join(folder, '.vscode'));
  const settings = {
    'helloContainers.endpoint': 'tcp://127.0.0.1:1', 'helloContainers.ssh.path': join(folder, 'ssh'), 'helloContainers.cpuDemo.image': 'theirs/demo',
  };
  writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
  for (const trusted of [false, true]) {
    // What a workspace says of its settings does not count when it is trusted either: they are the machine's.
    lab.setSettings({ 'security.workspace.trust.enabled': !trusted, 'security.workspace.trust.startupPrompt': 'never' });
    await openWorkbench(page, `${lab.url}/?folder=${folder}`);
    if (!trusted) { await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor(); }
    await showContainersView(page);
    await expectConnected(page, lab.engine.host);
    await palette(page, 'Hello Containers: Run hello-world');
    await expect.poll(() => terminalText(page)).toContain('The container is kept');
    expect(await terminalText(page)).toContain('Hello from Docker!');
  }
  expect(await lab.docker('ps', '--all', '--format', '{{.Image}}', '--filter', 'label=hello-containers.role')).toBe('hello-world\nhello-world');
});

test('in a workspace that is on no disk, containers are limited, and the exercise\'s program goes into a place of ours', async ({ lab, workbench: { page, folder } }) => {
  const vsix = join(folder, 'virtual-folder.vsix');
  await run(resolve('node_modules/.bin/vsce'), ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', vsix], { cwd: resolve('test/ui/support/virtualFolder') });
  await lab.install(vsix);
  const file = join(folder, 'nowhere.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: [{ uri: 'nowhere:/', name: 'nowhere' }] }));
  await openWorkbench(page, `${lab.url}/?workspace=${file}`);
  await showContainersView(page);
  await expectConnected(page, lab.engine.host);
  await lab.docker('run', '--detach', '--name', 'here', '--label', 'hello-containers.role=test', 'busybox', 'sleep', '1000');
  await chooseFromMenu(containerRow(page, 'here'), 'Limit CPU to 10%');
  await expect(containerRow(page, 'here')).toContainText('CPU ≤ 10 % of a core');
  const exercise = await openExercise(page);
  await task(exercise, 'start').getByText('Do it for me', { exact: true }).click();
  await expect(task(exercise, 'start')).toHaveAttribute('data-done', 'true');
  expect(readFileSync(`/proc/${(await programs())[0] ?? 0}/cmdline`, 'utf8')).toMatch(/globalStorage\/hello-containers\.hello-containers\/factorials\.py\0$/);
});
