import { openRemote } from '../../lab/docker/remote.mjs';
import { chooseFromMenu, clearNotifications, containerRow, notification, terminalText } from '../../lab/drive.mjs';
import { run } from '../../lab/processes.mjs';
import { palette } from '../../lab/vscode/browser.mjs';
import { engineName, expect, type Lab, pictures, test } from './fixtures';
import { choose, type } from './support/quickInput';
import { engineRow, expectConnected, viewRows } from './support/view';

test('a remote engine is added over ssh, stands beside the one here, runs hello-world, and limits a container there', async ({ lab, workbench: { page } }) => {
  const remote = await openRemote({ name: `${engineName}-far` });
  try {
    const there = async (...args: string[]): Promise<string> => (await run('docker', ['--host', remote.dockerd.host, ...args])).trim();
    const context = async (...args: string[]): Promise<string> => run('docker', ['--config', lab.dockerConfig, 'context', ...args]);
    await lab.docker('create', '--name', 'nearby', 'busybox', 'true');
    await expectConnected(page, lab.engine.host);
    lab.setSettings({ 'helloContainers.ssh.path': remote.sshd.program });

    await palette(page, 'Hello Containers: Add a Remote Engine');
    await choose(page, 'ssh');
    await type(page, remote.sshd.destination + remote.dockerd.socket);
    // It was tried: the machine's own name is offered.
    await expect(page.locator('.quick-input-widget input')).toHaveValue('docker-remote');
    await type(page, 'far');
    await expect(notification(page, 'stored as Docker\'s context "far"')).toBeVisible();
    expect(await context('ls', '--format', '{{.Name}} {{.DockerEndpoint}}')).toContain(`far ${remote.sshd.destination}`);

    await test.step('both engines are shown, each with its own containers', async () => {
      await expect(engineRow(page, 'default')).toContainText('used');
      await expect(engineRow(page, 'far')).toContainText(remote.dockerd.socket);
      await expect(containerRow(page, 'nearby')).toBeVisible();
      await there('create', '--name', 'faraway', 'busybox', 'true');
      await expect(containerRow(page, 'faraway')).toBeVisible();
      await clearNotifications(page);
      await page.screenshot({ path: `${pictures}/engines.png` });
    });

    await test.step('hello-world runs on the engine whose menu it is chosen from', async () => {
      await chooseFromMenu(engineRow(page, 'far'), 'Run hello-world');
      await expect.poll(() => terminalText(page)).toContain('Hello from Docker!');
      expect(await terminalText(page)).toContain(remote.sshd.destination.replace('ssh://', ''));
      expect(await there('ps', '--all', '--quiet', '--filter', 'label=hello-containers.role=hello-world')).not.toBe('');
      expect(await lab.docker('ps', '--all', '--quiet', '--filter', 'label=hello-containers.role=hello-world')).toBe('');
    });

    await test.step('a container there is limited from the tree', async () => {
      await there('run', '--detach', '--name', 'busy-far', 'busybox', 'sh', '-c', 'while true; do :; done');
      // Its menu before it runs is another one.
      await expect(containerRow(page, 'busy-far')).toContainText('running');
      await chooseFromMenu(containerRow(page, 'busy-far'), 'Limit CPU to 10%');
      await expect(containerRow(page, 'busy-far')).toContainText('CPU ≤ 10 % of a core');
      expect(await there('inspect', '--format', '{{.HostConfig.CpuQuota}}', 'busy-far')).toBe('10000');
      await clearNotifications(page);
    });

    await test.step('"Use This Engine" makes it the one that the palette means', async () => {
      await chooseFromMenu(engineRow(page, 'far'), 'Use This Engine');
      await expect(engineRow(page, 'far')).toContainText('used');
      await expect(engineRow(page, 'default')).not.toContainText('used');
      await expect(page.locator('.statusbar-item', { hasText: remote.machine.address })).toBeVisible();
      await expect(viewRows(page).first()).toContainText('far');
    });

    await test.step('a wire that is cut takes only that engine away', async () => {
      await remote.machine.cut();
      await expect(engineRow(page, 'far')).toContainText('not reached');
      await expect(containerRow(page, 'nearby')).toBeVisible();
      await page.screenshot({ path: `${pictures}/engines-one-lost.png` });
      await remote.machine.mend();
      await expect(containerRow(page, 'busy-far')).toBeVisible();
    });

    await test.step('it is removed again, and the engine here is alone', async () => {
      await chooseFromMenu(engineRow(page, 'far'), 'Remove a Stored Engine…');
      await page.getByRole('button', { name: 'Remove', exact: true }).click();
      await expectConnected(page, lab.engine.host);
      await expect(containerRow(page, 'nearby')).toBeVisible();
      await expect(containerRow(page, 'busy-far')).toHaveCount(0);
      expect(await context('ls', '--format', '{{.Name}}')).not.toContain('far');
    });
  } finally {
    await remote.machine.mend().catch(() => undefined);
    await remote.close({ remove: true });
    await lab.docker('rm', 'nearby').catch(() => undefined);
  }
});

test('of five contexts the dead ones neither delay nor hide the live ones', async ({ lab, workbench: { page } }) => {
  await lab.docker('create', '--name', 'nearby', 'busybox', 'true');
  try {
    await expectConnected(page, lab.engine.host);
    // Two names of live engines: the one that is used, and the same over another path; three that are dead in different ways.
    for (const [name, host] of Object.entries({ gone: 'unix:///nowhere/docker.sock', refused: 'tcp://127.0.0.1:1', unknown: 'ssh://nobody.invalid' })) { await addContext(lab, name, host); }
    for (const name of ['gone', 'refused', 'unknown']) { await expect(engineRow(page, name)).toContainText('not reached'); }
    await expect(engineRow(page, 'default')).toContainText(lab.engine.host);
    await expect(containerRow(page, 'nearby')).toBeVisible();
    await engineRow(page, 'refused').click();
    await expect(viewRows(page).filter({ hasText: 'Nothing listens at tcp://127.0.0.1:1' })).toBeVisible();
    await expect(viewRows(page).filter({ hasText: 'Diagnose the connection' })).toBeVisible();
    await page.screenshot({ path: `${pictures}/engines-dead.png` });
  } finally {
    for (const name of ['gone', 'refused', 'unknown']) { await run('docker', ['--config', lab.dockerConfig, 'context', 'rm', '--force', name]).catch(() => undefined); }
    await lab.docker('rm', 'nearby');
  }
  await expectConnected(page, lab.engine.host);
});

async function addContext(lab: Lab, name: string, host: string): Promise<void> {
  await run('docker', ['--config', lab.dockerConfig, 'context', 'create', name, '--docker', `host=${host}`]);
}
