import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Frame, Locator, Page } from '@playwright/test';
import { chooseFromMenu, clearNotifications, containerRow } from '../../lab/drive.mjs';
import { inFrame, palette } from '../../lab/vscode/browser.mjs';
import { expect, pictures, test } from './fixtures';
import { expectAccessible } from './support/axe';
import { inEachTheme } from './support/themes';

const execute = promisify(execFile);

test('hello-world is drawn while it runs, with the engine\'s and the kernel\'s evidence, and replayed step by step; a second run keeps the registry dark', async ({ lab, workbench: { page, consoleErrors } }) => {
  test.setTimeout(300_000);
  await lab.docker('image', 'rm', '--force', 'hello-world');
  const drawn = await openPage(page, 'Follow a Run Through the Components', 'Follow a run through the components');
  await expect(drawn.getByText('Nothing was run in this window yet')).toBeVisible();
  await expectAccessible(drawn);

  const since = Date.now() / 1000 - 1;
  await drawn.getByText('Run hello-world', { exact: true }).click();
  await expect(stage(drawn, 'exit')).toHaveAttribute('data-certainty', 'observed');
  await expect(drawn.getByText('Play again')).toBeEnabled();
  const [id = ''] = (await lab.docker('ps', '--all', '--no-trunc', '--quiet', '--filter', 'label=hello-containers.role=hello-world')).split('\n');

  await test.step('its evidence is what docker inspect and docker events say', async () => {
    const certainty = { 'request': 'observed', 'pull': 'observed', 'containerd': 'inferred', 'shim': 'observed', 'runtime': 'observed', 'process': 'observed', 'exit': 'observed' };
    for (const [name, is] of Object.entries(certainty)) { await expect(stage(drawn, name)).toHaveAttribute('data-certainty', is); }
    for (const name of Object.keys(certainty)) { await expect(part(drawn, `box-${name === 'runtime' ? 'runc' : name === 'request' ? 'dockerd' : name === 'exit' ? 'process' : name === 'pull' ? 'registry' : name}`)).toHaveClass(/part-(observed|inferred)/); }
    const events = await lab.docker('events', '--since', String(since), '--until', String(Date.now() / 1000 + 1), '--filter', `container=${id}`, '--format', '{{.Action}} {{.TimeNano}}');
    const millisOf = (action: string): string => new Date(Math.floor(Number(new RegExp(`^${action} (\\d+)`, 'm').exec(events)?.[1]) / 1e6)).toISOString();
    await expect(evidence(drawn, 'process')).toContainText(`Event "start" at ${millisOf('start')}`);
    await expect(evidence(drawn, 'exit')).toContainText(`Event "die" at ${millisOf('die')}, exit code ${await lab.docker('inspect', '--format', '{{.State.ExitCode}}', id)}`);
    await expect(evidence(drawn, 'request')).toContainText(`/containers/${id.slice(0, 12)}/start: 204`);
    await expect(evidence(drawn, 'shim')).toContainText(id);
    await expect(evidence(drawn, 'runtime')).toContainText('runc');
  });

  await test.step('step by step, by keyboard too', async () => {
    await drawn.getByText('Next', { exact: true }).click();
    await expect(drawn.getByRole('status')).toContainText('1 of 7: The client asks the daemon, observed');
    await expect(part(drawn, 'box-dockerd')).toHaveClass(/part-now/);
    await expect(part(drawn, 'box-process')).toHaveClass(/part-pending/);
    await drawn.getByText('Next', { exact: true }).click();
    await expect(part(drawn, 'box-registry')).toHaveClass(/part-now/);
    await part(drawn, 'box-shim').focus();
    await page.keyboard.press('Enter');
    await expect(stage(drawn, 'shim')).toHaveAttribute('open', '');
    await drawn.getByText('Play again', { exact: true }).click();
    await expect(drawn.getByRole('status')).toContainText('of 7');
    // To its end, and then all of it is shown.
    await expect(drawn.getByRole('status')).toHaveText('', { timeout: 30_000 });
  });

  await expectAccessible(drawn);
  await clearNotifications(page);
  await page.locator('.part.panel .codicon-panel-close').click();
  for await (const { file } of inEachTheme(page)) { await shoot(page, `run-${file}`, (await pageWith(page, 'Follow a run through the components')).getByText('Play again')); }

  await test.step('without a pull', async () => {
    const again = await pageWith(page, 'Follow a run through the components');
    await again.getByText('Run hello-world', { exact: true }).click();
    await expect(again.locator('select option')).toHaveCount(2);
    await expect(stage(again, 'exit')).toHaveAttribute('data-certainty', 'observed');
    await expect(stage(again, 'pull')).toHaveAttribute('data-certainty', 'absent');
    await expect(part(again, 'box-registry')).toHaveClass(/part-absent/);
    await expect(part(again, 'wire-dockerd-registry')).toHaveClass(/part-absent/);
    await shoot(page, 'run-without-pull-dark', again.getByText('Play again'));
  });
  expect(consoleErrors.filter((text) => /Content Security Policy/i.test(text))).toEqual([]);
});

test('the architecture shows this engine, counts what it has, and each request as one would type it', async ({ lab, workbench: { page, folder } }) => {
  const live = await openPage(page, 'Show the Live Architecture', 'Docker\'s architecture, live');
  await expect(live.locator('.box-card').first()).toContainText(lab.engine.host);
  await expect(live.locator('.box-card').nth(1)).toContainText(await lab.docker('version', '--format', '{{.Server.Version}}'));
  await expect(part(live, 'box-containers').locator('text').nth(1)).toHaveText('0, running: 0');
  await lab.docker('run', '--detach', '--name', 'counted', 'busybox', 'sleep', '1000');
  try {
    await expect(part(live, 'box-containers').locator('text').nth(1)).toHaveText('1, running: 1');
    await expect(live.locator('.traffic')).toContainText('Event: container start counted');

    await test.step('a box is chosen by keyboard, and explained', async () => {
      await part(live, 'box-registry').focus();
      await page.keyboard.press(' ');
      await expect(live.locator('.box-card[data-chosen="true"]')).toContainText('A registry keeps images for everybody');
    });

    await test.step('what the page says for curl does the same', async () => {
      const row = live.locator('.traffic details').filter({ hasText: '/networks' }).first();
      await row.locator('summary').click();
      await expect(row).toContainText('docker network ls');
      const curl = await row.locator('pre').last().innerText();
      const { stdout } = await execute('sh', ['-c', `${curl} --silent`]);
      expect((JSON.parse(stdout) as { Name: string }[]).map(({ Name }) => Name).sort()).toEqual((await lab.docker('network', 'ls', '--format', '{{.Name}}')).split('\n').sort());
    });

    await test.step('the flight recorder is saved', async () => {
      await live.getByText('Save as JSON…').click();
      await expect(page.locator('.quick-input-widget input')).toHaveValue(/flight-record\.json$/);
      await page.keyboard.press('Enter');
      const file = join(folder, 'flight-record.json');
      await expect.poll(() => existsSync(file)).toBe(true);
      const { requests, events } = JSON.parse(readFileSync(file, 'utf8')) as { requests: { path: string; status: number }[]; events: { event: { action: string } }[] };
      expect(requests).toContainEqual(expect.objectContaining({ path: '/networks', status: 200 }));
      expect(events.map(({ event }) => event.action)).toContain('start');
      await page.locator('.tab.active', { hasText: 'flight-record.json' }).locator('.codicon-close').click();
    });


    await expectAccessible(await pageWith(page, 'Docker\'s architecture, live'));
    for await (const { file } of inEachTheme(page)) { await shoot(page, `architecture-${file}`, (await pageWith(page, 'Docker\'s architecture, live')).locator('.traffic')); }
  } finally {
    await lab.docker('rm', '--force', 'counted');
  }
});

test('the X-ray of a container has the kernel\'s numbers and the engine\'s layers, and compares two containers', async ({ lab, workbench: { page } }) => {
  await lab.docker('run', '--detach', '--name', 'seen', '--memory', '64m', 'busybox', 'sh', '-c', 'echo x > /made; sleep 1000 & wait');
  await lab.docker('run', '--detach', '--name', 'beside', '--network', 'container:seen', 'busybox', 'sleep', '1000');
  try {
    await expect(containerRow(page, 'beside')).toContainText('running');
    await chooseFromMenu(containerRow(page, 'seen'), 'X-ray');
    const through = await pageWith(page, 'Root file system');
    const pid = await lab.docker('inspect', '--format', '{{.State.Pid}}', 'seen');
    for (const kind of readdirSync(`/proc/${pid}/ns`).filter((name) => !name.endsWith('_for_children'))) {
      const [, inode = ''] = /\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/${kind}`)) ?? [];
      await expect(namespace(through, kind)).toContainText(inode);
    }
    await expect(namespace(through, 'pid')).toContainText('its own');
    await expect(namespace(through, 'user')).toContainText('the machine\'s');
    const { LowerDir, UpperDir } = JSON.parse(await lab.docker('inspect', '--format', '{{json .GraphDriver.Data}}', 'seen')) as { LowerDir: string; UpperDir: string };
    expect(await through.locator('.layer > .mono:last-child').allInnerTexts()).toEqual([UpperDir, ...LowerDir.split(':')]);
    await expect(card(through, 'What this container changed')).toContainText('/made');
    await expect(card(through, 'Processes').locator('tbody tr').first()).toContainText(pid);
    await expect(card(through, 'Control group')).toContainText('67 MB');

    await through.locator('select').selectOption({ label: 'beside' });
    await expect(namespace(through, 'net')).toContainText('shared with beside');
    await expect(namespace(through, 'mnt')).toContainText('its own');
    await expectAccessible(through);
    for await (const { file } of inEachTheme(page)) { await shoot(page, `xray-${file}`, (await pageWith(page, 'Root file system')).locator('.layer').first()); }

    const last = await pageWith(page, 'Root file system');
    await lab.docker('rm', '--force', 'seen');
    await expect(last.getByRole('status')).toContainText('does not run');
    await expect(last.locator('.layer').first()).toBeVisible();
  } finally {
    await lab.docker('rm', '--force', 'seen', 'beside').catch(() => undefined);
  }
});

test('containers are measured beside virtual machines, and nothing stays', async ({ lab, workbench: { page } }) => {
  const measure = await openPage(page, 'Measure Containers Beside Virtual Machines', 'Containers beside virtual machines');
  await measure.getByText('Measure on my engine').click();
  const kernel = await lab.docker('info', '--format', '{{.KernelVersion}}');
  await expect(figure(measure, 'Kernel')).toContainText(`${kernel}inside; outside the same`);
  await expect(figure(measure, 'From start to first output')).toContainText(/\d+ ms.*median of 5/s);
  await expect(figure(measure, 'Memory while it waits')).toContainText(/[\d.]+ (kB|MB)/);
  expect(await lab.docker('ps', '--all', '--quiet')).toBe('');
  await part(measure, 'box-kernel-shared').focus();
  await page.keyboard.press('Enter');
  await expect(measure.getByText('One kernel for all containers')).toBeVisible();
  await expectAccessible(measure);
  for await (const { file } of inEachTheme(page)) { await shoot(page, `measure-${file}`, (await pageWith(page, 'Containers beside virtual machines')).locator('.bars')); }
});

async function openPage(page: Page, command: string, heading: string): Promise<Frame> {
  await palette(page, `Hello Containers: ${command}`);
  return pageWith(page, heading);
}

function pageWith(page: Page, heading: string): Promise<Frame> {
  return inFrame(page, (frame) => frame.getByRole('heading', { name: heading }).isVisible(), 60_000);
}

function stage(frame: Frame, id: string): Locator { return frame.locator(`.stage[data-stage="${id}"]`); }

/** Of a stage, also when it is folded. */
function evidence(frame: Frame, id: string): Locator { return stage(frame, id).locator('.stage-body'); }

function part(frame: Frame, name: string): Locator { return frame.locator(`[data-part="${name}"]`).first(); }

function card(frame: Frame, heading: string): Locator { return frame.locator('.card').filter({ has: frame.getByRole('heading', { name: heading, exact: true }) }); }

function namespace(frame: Frame, kind: string): Locator {
  return card(frame, 'Namespaces').locator('tbody tr').filter({ has: frame.locator('td:first-child', { hasText: new RegExp(`^${kind}$`) }) });
}

function figure(frame: Frame, name: string): Locator { return frame.locator('tr').filter({ has: frame.getByRole('rowheader', { name, exact: true }) }); }

async function shoot(page: Page, name: string, shown: Locator): Promise<void> {
  await expect(shown).toBeVisible();
  await page.screenshot({ path: `${pictures}/${name}.png` });
}
