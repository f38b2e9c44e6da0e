import { mkdirSync } from 'node:fs';
import type { Frame, Locator } from '@playwright/test';
import { chooseFromMenu, clearNotifications, containerRow, livePage, terminalText } from '../../lab/drive.mjs';
import { inFrame, palette } from '../../lab/vscode/browser.mjs';
import { expect, pictures, test } from './fixtures';
import { missingSocket } from './support/fakeServer';
import { inEachTheme } from './support/themes';
import { expectConnected, viewMessage, viewWelcome } from './support/view';

/** Each step of the walkthrough, and words that only its own picture or page holds. */
const steps = [
  ['connect', 'When it does not answer'], ['containers-and-vms', 'one kernel, shared'], ['image-container-host', 'its writable layer'], ['architecture', 'Daemon: dockerd'],
  ['hello-world', 'The smallest run'], ['follow-the-run', 'container lifecycle'], ['a-process', 'what the process sees'],
  ['cpu-program', 'To find it again'], ['limit-by-hand', 'Two recipes, one idea'], ['slow-down', 'cut short'], ['clean-up-by-hand', 'Nothing stays'],
  ['cpu-demo', 'in the folder that holds'], ['limit', 'Kernel files, in µs'], ['watch', 'What the kernel counted'], ['clean-up', 'What goes and what stays'],
  ['remote-engine', 'The wire between client and daemon'], ['other-runtime', 'Who else runs containers'], ['swarm', 'Many machines, one wish'],
] as const;

/** What must be on the charts before the live page is worth a picture. */
const dataSeconds = 12;

/** Every state of what we draw, in every theme, to be looked at by a person. The test itself only asks whether the things are there. */
test('pictures of every state in every theme', async ({ lab, workbench: { page } }) => {
  test.setTimeout(600_000);
  mkdirSync(pictures, { recursive: true });
  const list = page.locator('.quick-input-list .monaco-list-row');
  const shoot = async (name: string, shown: Locator): Promise<void> => {
    await expect(shown).toBeVisible();
    await page.screenshot({ path: `${pictures}/${name}.png` });
  };

  await expectConnected(page, lab.engine.host);
  const welcome = viewWelcome(page);
  await expect(welcome).toContainText('it has no containers yet');
  for await (const { file } of inEachTheme(page)) { await shoot(`view-empty-${file}`, welcome); }

  await test.step('without an engine', async () => {
    const place = missingSocket();
    lab.setSettings({ 'helloContainers.endpoint': place.endpoint });
    await expect(viewMessage(page)).toContainText('There is no socket at');
    await shoot('view-without-engine-dark', viewMessage(page));
    lab.setSettings({});
    await expectConnected(page, lab.engine.host);
    await place.close();
  });

  await palette(page, 'Hello Containers: Run hello-world');
  await expect.poll(() => terminalText(page)).toContain('The container is kept');
  await clearNotifications(page);
  await shoot('hello-world-dark', page.locator('.terminal-wrapper.active'));
  await page.locator('.part.panel .codicon-panel-close').click();

  await palette(page, 'Hello Containers: Start the CPU Demo');
  const demo = containerRow(page, 'cpu-demo');
  await expect(demo).toContainText('running', { timeout: 60_000 });
  await clearNotifications(page);
  await chooseFromMenu(demo, 'Watch Live CPU');
  let live = await livePage(page);
  await expectData(live);
  await shoot('live-without-limit-dark', live.locator('.charts'));
  await chooseFromMenu(demo, 'Limit CPU to 10%');
  await expect(demo).toContainText('CPU ≤ 10 % of a core');
  await clearNotifications(page);

  // Containers in every state, beside the page.
  await lab.docker('run', '--detach', '--name', 'web', 'busybox', 'sleep', '1000');
  await lab.docker('run', '--detach', '--name', 'frozen', 'busybox', 'sleep', '1000');
  await lab.docker('pause', 'frozen');
  await lab.docker('run', '--detach', '--name', 'migration', 'busybox', 'sh', '-c', 'exit 1');
  await lab.docker('create', '--name', 'not-started', 'busybox', 'true');
  for (const [name, state] of [['web', 'running'], ['frozen', 'paused'], ['migration', 'exited (1)'], ['not-started', 'created']] as const) { await expect(containerRow(page, name)).toContainText(state); }
  await expectData(live);

  for await (const { file } of inEachTheme(page)) {
    live = await livePage(page);
    await expect(live.locator('body')).toHaveAttribute('data-vscode-theme-kind', /./);
    await shoot(`live-limited-${file}`, live.locator('.charts'));
    await demo.click({ button: 'right' });
    await shoot(`context-menu-${file}`, page.locator('.monaco-menu'));
    await page.keyboard.press('Escape');
    await chooseFromMenu(demo, 'Limit CPU…');
    await shoot(`limit-list-${file}`, list.first());
    await page.keyboard.press('Escape');
    await demo.hover();
    await expect(page.locator('.workbench-hover')).toContainText('CPU limit');
    await shoot(`tooltip-${file}`, page.locator('.workbench-hover'));
    await page.mouse.move(900, 990);
    await expect(page.locator('.workbench-hover')).toBeHidden();
  }
  await page.setViewportSize({ width: 1400, height: 900 });
  await shoot('readme', live.locator('.charts'));
  await page.setViewportSize({ width: 1600, height: 1000 });

  await palette(page, 'Hello Containers: Clean Up');
  await shoot('clean-up-list-dark', list.filter({ hasText: 'cpu-demo' }));
  await page.keyboard.press('Escape');

  for await (const { file } of inEachTheme(page)) {
    // Each time anew: an Escape while the palette is not open leads from a walkthrough to VS Code's welcome page.
    await palette(page, 'Hello Containers: Open the Lesson');
    for (const [index, [step, words]] of steps.entries()) {
      const button = page.locator(`.getting-started-step[data-step-id="hello-containers.hello-containers#intro#${step}"]`);
      await button.locator('.step-title').click({ timeout: 20_000 });
      await expect(button).toHaveClass(/\bexpanded\b/);
      // Not the picture of the step before, and not an empty frame.
      const media = await inFrame(page, (frame) => frame.getByText(words).first().isVisible());
      await shoot(`walkthrough-${index + 1}-${step}-${file}`, media.getByText(words).first());
    }
  }
  await lab.docker('rm', '--force', 'web', 'frozen', 'migration', 'not-started');
});

/** Waits until the page has this many seconds to show: the kernel's account says over how long it was taken, in seconds or in periods of 100 ms. */
async function expectData(live: Frame): Promise<void> {
  await expect.poll(async () => {
    const [, amount = '0', unit] = /over (\d+) (s|periods)/.exec(await live.locator('.tile-account').innerText()) ?? [];
    return Number(amount) / (unit === 's' ? 1 : 10);
  }, { timeout: 60_000 }).toBeGreaterThan(dataSeconds);
}
