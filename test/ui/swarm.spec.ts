import { openSwarm } from '../../lab/docker/swarm.mjs';
import { chooseFromMenu, notification, viewPane } from '../../lab/drive.mjs';
import { run } from '../../lab/processes.mjs';
import { expect, pictures, test } from './fixtures';
import { expectAsked, quickInput, type } from './support/quickInput';
import { engineRow, expectConnected } from './support/view';

/** The tasks end at once when they are told to: a shell would wait for ten seconds. */
const service = ['service', 'create', '--detach', '--no-resolve-image', '--name', 'web', '--stop-signal', 'SIGKILL', '--network', 'host', 'busybox', 'sleep', '1000000'];

test('a swarm appears with its nodes, services and tasks; its service is scaled and limited from the tree, and the limit is undone', async ({ lab, workbench: { page } }) => {
  await expectConnected(page, lab.engine.host);
  const pane = viewPane(page, 'Swarm');
  await expect(pane).toHaveCount(0);
  await lab.docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
  try {
    await lab.docker(...service);
    await pane.locator('.pane-header').waitFor();
    if (await pane.locator('.pane-header').getAttribute('aria-expanded') === 'false') { await pane.locator('.pane-header').click(); }
    const row = (name: string | RegExp) => pane.locator('.monaco-list-row').filter({ has: page.locator('.label-name', { hasText: name }) });
    await expect(row(/^web$/)).toContainText('1 of 1 running');
    await expect(row(/^web\.1$/)).toContainText('running');
    await expect(pane).toContainText('manager, leader · ready');

    await chooseFromMenu(row(/^web$/), 'Scale…');
    await expectAsked(page, 'How many tasks should run?');
    await quickInput(page).locator('input').fill('3');
    await page.keyboard.press('Enter');
    await expect(row(/^web$/)).toContainText('3 of 3 running');
    expect(await lab.docker('service', 'ls', '--format', '{{.Name}} {{.Replicas}}')).toBe('web 3/3');
    await page.screenshot({ path: `${pictures}/swarm.png` });

    await chooseFromMenu(row(/^web$/), 'Limit CPU of Each Task to 10%');
    const told = notification(page, 'Each task of web may use 10 % of one core.');
    await expect(told).toContainText('Their nodes\' engines confirm it of 3 of 3 containers.', { timeout: 90_000 });
    await expect(row(/^web$/)).toContainText('10 % of a core each');
    const limit = () => lab.docker('service', 'inspect', '--format', '{{.Spec.TaskTemplate.Resources.Limits.NanoCPUs}}', 'web');
    expect(await limit()).toBe('100000000');
    await told.getByRole('button', { name: 'Undo' }).click();
    await expect(row(/^web$/)).not.toContainText('10 % of a core each');
    await expect.poll(limit).not.toBe('100000000');

    await expect(row(/^web$/)).toContainText('3 of 3 running', { timeout: 90_000 });
    await lab.docker('service', 'rm', 'web');
    await expect(row(/^web$/)).toHaveCount(0);
    await chooseFromMenu(pane.locator('.monaco-list-row').filter({ hasText: 'manager, leader' }), 'Drain Node…');
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await expect(pane).toContainText('drain');
    expect(await lab.docker('node', 'inspect', 'self', '--format', '{{.Spec.Availability}}')).toBe('drain');
  } finally {
    await lab.docker('swarm', 'leave', '--force');
    // Docker keeps the bridge that a swarm's networks go out by: it would stay on this machine after its engine.
    await lab.docker('network', 'rm', 'docker_gwbridge');
  }
  await expect(pane).toHaveCount(0);
});

test('one engine starts a swarm, another joins it, and both leave it again', async ({ lab, workbench: { page } }) => {
  test.setTimeout(400_000);
  const swarm = await openSwarm({ name: 'test-ui-join', count: 2 });
  const hosts = Object.entries({ first: swarm.hosts[0], second: swarm.hosts[1] }).flatMap(([name, host]) => host === undefined ? [] : [{ name, ...host }]);
  const context = (...args: string[]) => run('docker', ['--config', lab.dockerConfig, 'context', ...args]);
  const states = () => Promise.all(hosts.map(({ docker }) => docker('info', '--format', '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}')));
  try {
    for (const { name, dockerd } of hosts) { await context('create', name, '--docker', `host=${dockerd.host}`); }
    const pane = viewPane(page, 'Swarm');
    for (const [name, entry, asked] of [['first', 'Start a Swarm Here…', 'Start a swarm'], ['second', 'Join a Swarm…', 'Join a swarm']] as const) {
      await chooseFromMenu(engineRow(page, name), entry);
      await expectAsked(page, asked);
      await type(page, hosts.find((host) => host.name === name)?.address ?? '');
      await pane.locator('.pane-header').waitFor();
    }
    await expect.poll(states).toEqual(['active true', 'active false']);
    if (await pane.locator('.pane-header').getAttribute('aria-expanded') === 'false') { await pane.locator('.pane-header').click(); }
    await expect(pane).toContainText('manager, leader · ready');
    await expect(pane).toContainText('worker · ready');

    for (const { name } of hosts.toReversed()) {
      await chooseFromMenu(engineRow(page, name), 'Leave the Swarm…');
      await expect(page.getByRole('dialog')).toContainText(`Take ${name} out of its swarm?`);
      await page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
    }
    await expect.poll(states).toEqual(['inactive false', 'inactive false']);
    await expect(pane).toHaveCount(0);
  } finally {
    for (const { name } of hosts) { await context('rm', '--force', name).catch(() => undefined); }
    await swarm.close({ remove: true });
  }
});
