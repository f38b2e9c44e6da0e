import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chown, chmod } from 'node:fs/promises';
import { DRIVE_SETTINGS, containerRow, openWorkbench, showContainersView } from '../../lab/drive.mjs';
import { openBrowser } from '../../lab/vscode/browser.mjs';
import { installVscode } from '../../lab/vscode/install.mjs';
import { installExtension, makeProfile, startServer } from '../../lab/vscode/server.mjs';
import { expect, type Lab, test } from './fixtures';
import { abandonSocket, type FakeServer, missingSocket, pathOf, sendJson, serveBanner, serveHttp } from './support/fakeServer';
import { expectConnected, fixRow, viewMessage, viewRows, viewWelcome } from './support/view';

/** Ends at SIGTERM, as a program that is not the lazy `sleep` does: neither we nor dockerd then wait ten seconds for it. */
const obedient = ['busybox', 'sh', '-c', 'trap "exit 3" TERM; while true; do sleep 0.1; done'];

test('the view follows what is done with the docker command', async ({ lab, workbench: { page } }) => {
  const row = containerRow(page, 'by-hand');
  await lab.docker('run', '--detach', '--name', 'by-hand', ...obedient);
  await expect(row).toContainText('running');
  await expect(row).toContainText('busybox');
  await lab.docker('pause', 'by-hand');
  await expect(row).toContainText('paused');
  await lab.docker('unpause', 'by-hand');
  await expect(row).toContainText('running');
  await lab.docker('update', '--cpu-quota', '25000', '--cpu-period', '100000', 'by-hand');
  await expect(row).toContainText('CPU ≤ 25 % of a core');
  await lab.docker('rename', 'by-hand', 'renamed');
  await expect(row).toHaveCount(0);
  const renamed = containerRow(page, 'renamed');
  await expect(renamed).toContainText('running');
  await lab.docker('stop', 'renamed');
  await expect(renamed).toContainText('exited (3)');
  await lab.docker('start', 'renamed');
  await expect(renamed).toContainText('running');
  await lab.docker('create', '--name', 'made', 'busybox', 'true');
  await expect(containerRow(page, 'made')).toContainText('created');
  await lab.docker('rm', '--force', 'renamed', 'made');
  await expect(viewRows(page)).toHaveCount(0);
  await expect(viewWelcome(page)).toContainText('it has no containers yet');
});

for (const { how, end, says, fixes } of [
  { how: 'stopped', end: terminate, says: /There is no socket at|Nothing listens at/, fixes: ['Try again now', 'Use another engine…', 'Show the log'] },
  // The killed one leaves its socket behind.
  { how: 'killed', end: (lab: Lab) => lab.engine.dockerd.kill(), says: /Nothing listens at/, fixes: ['Try again now', 'Use another engine…', 'Show the log'] },
]) {
  test(`an engine that is ${how} and started again while the view is open: the view says so, and comes back by itself`, async ({ lab, workbench: { page } }) => {
    await lab.docker('run', '--detach', '--name', 'returns', '--restart', 'always', ...obedient);
    await lab.docker('run', '--detach', '--name', 'stays-down', ...obedient);
    await lab.docker('run', '--name', 'ended', 'busybox', 'true');
    for (const [name, state] of [['returns', 'running'], ['stays-down', 'running'], ['ended', 'exited (0)']] as const) { await expect(containerRow(page, name)).toContainText(state); }
    try {
      await end(lab);
      await expect(viewMessage(page)).toContainText('No Docker engine.');
      await expect(viewMessage(page)).toContainText(says);
      await expect(viewMessage(page)).toContainText(lab.engine.socket);
      for (const label of fixes) { await expect(fixRow(page, label)).toBeVisible(); }
      await expect(containerRow(page, 'returns')).toHaveCount(0);
    } finally {
      await lab.engine.dockerd.restart();
    }
    await expect(containerRow(page, 'returns')).toContainText('running');
    await expect(containerRow(page, 'stays-down')).toContainText('exited');
    await expect(containerRow(page, 'ended')).toContainText('exited (0)');
    await expect(viewMessage(page)).toBeHidden();
    await expect(viewRows(page)).toHaveCount(3);
    // What the events of the new connection tell is followed as before.
    await lab.docker('rm', '--force', 'returns', 'stays-down', 'ended');
    await expect(viewRows(page)).toHaveCount(0);
  });
}

const places: { what: string; serve: () => FakeServer | Promise<FakeServer>; says: RegExp; fix?: string }[] = [
  { what: 'no socket', serve: missingSocket, says: /There is no socket at unix:\/\/\S+missing\.sock\. Docker is not installed or not running/, fix: 'How to install Docker' },
  { what: 'a socket that nobody listens on', serve: abandonSocket, says: /Nothing listens at unix:\/\/\S+left\.sock\. The engine is stopped: start it/ },
  {
    what: 'a web server that is not Docker', says: /Something answers at unix:\/\/\S+, but it is not a Docker engine/,
    serve: () => serveHttp((_request, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'); }),
  },
  { what: 'a server that does not speak HTTP', serve: () => serveBanner('SSH-2.0-OpenSSH_9.2\r\n'), says: /Something answers at unix:\/\/\S+, but it is not a Docker engine/ },
  {
    what: 'an engine that fails with HTTP 500 and says why', says: /The engine failed \(HTTP 500\): the graph driver has no space left on device/,
    serve: () => serveHttp((_request, response) => sendJson(response, { message: 'the graph driver has no space left on device' }, 500)),
  },
  {
    what: 'an engine that answers the ping and cannot list its containers', says: /The engine failed \(HTTP 500\): the database is locked/,
    serve: () => serveHttp((incoming, response) => {
      if (pathOf(incoming) === '/_ping') { sendJson(response, 'OK'); } else if (pathOf(incoming) === '/events') { response.writeHead(200).flushHeaders(); } else { sendJson(response, { message: 'the database is locked' }, 500); }
    }),
  },
];

test('what is wrong at the place in the setting is said in the view, each fault in its own words', async ({ lab, workbench: { page } }) => {
  for (const { what, serve, says, fix } of places) {
    await test.step(what, async () => {
      const place = await serve();
      try {
        lab.setSettings({ 'helloContainers.endpoint': place.endpoint });
        await expect(viewMessage(page)).toContainText(says);
        await expect(viewMessage(page)).toContainText('No Docker engine.');
        await expect(viewMessage(page)).toContainText('the setting helloContainers.endpoint');
        await expect(fixRow(page, 'Try again now')).toBeVisible();
        await expect(fixRow(page, 'How to install Docker')).toHaveCount(fix === undefined ? 0 : 1);
      } finally {
        await place.close();
      }
    });
  }
  await test.step('an address that is none', async () => {
    lab.setSettings({ 'helloContainers.endpoint': 'gopher://engine' });
    await expect(viewMessage(page)).toContainText('"gopher://engine" is not an address of a Docker engine.');
  });
  await test.step('the real engine again', async () => {
    lab.setSettings({});
    await expectConnected(page, lab.engine.host);
    await expect(viewMessage(page)).toBeHidden();
  });
});

test('"Try again now" does not wait for the next attempt', async ({ lab, workbench: { page } }) => {
  const pings: number[] = [];
  let broken = true;
  // Broken, then the real engine: no file tells of the change, so that only a new attempt can find out.
  const place = await serveHttp((incoming, response) => {
    if (pathOf(incoming) === '/_ping') { pings.push(performance.now()); }
    if (broken) { sendJson(response, { message: 'not yet' }, 500); return; }
    const { method, url, headers } = incoming;
    const onward = request({ socketPath: lab.engine.socket, path: url, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  try {
    await lab.docker('create', '--name', 'found', 'busybox', 'true');
    lab.setSettings({ 'helloContainers.endpoint': place.endpoint });
    // By now it would wait for 16 s and more.
    await expect.poll(() => pings.length, { intervals: [100] }).toBe(5);
    await expect(viewMessage(page)).toContainText('not yet');
    broken = false;
    await fixRow(page, 'Try again now').click();
    await expect(containerRow(page, 'found')).toContainText('created');
    expect((pings[5] ?? Infinity) - (pings[4] ?? 0)).toBeLessThan(15_000);
    await expectConnected(page, place.endpoint);
  } finally {
    lab.setSettings({});
    await expectConnected(page, lab.engine.host);
    await place.close();
    await lab.docker('rm', 'found');
  }
});

test('a socket that one may not use: the view says the docker group\'s fix', async ({ lab: _lab }) => {
  // Root may use every socket, unless it gives up what makes it so: CAP_DAC_OVERRIDE (capabilities(7)).
  const temporary = mkdtempSync(join(tmpdir(), 'hc-denied-'));
  const place = await serveHttp((_request, response) => sendJson(response, 'OK'));
  const vscode = await installVscode({});
  const node = join(temporary, 'node-without-privilege');
  writeFileSync(node, `#!/bin/sh\nexec setpriv --bounding-set=-dac_override,-dac_read_search ${vscode.node} "$@"\n`, { mode: 0o755 });
  const socket = place.endpoint.replace('unix://', '');
  await chown(socket, 65534, 65534);
  await chmod(socket, 0o660);
  const profile = makeProfile(join(temporary, 'profile'), DRIVE_SETTINGS);
  await installExtension('hello-containers.vsix', { vscode, profile });
  const server = await startServer({ vscode: { ...vscode, node }, profile, env: { DOCKER_HOST: place.endpoint } });
  const folder = join(temporary, 'folder');
  mkdirSync(folder);
  const browser = await openBrowser();
  try {
    const { page } = browser;
    await openWorkbench(page, `${server.url}/?folder=${folder}`);
    await showContainersView(page);
    await expect(viewMessage(page)).toContainText(/You may not use unix:\/\/\S+\. Add yourself to the docker group \(sudo usermod -aG docker \$USER\), then log out and in again\./);
    await fixRow(page, 'Join the docker group…').click();
    await expect.poll(() => page.locator('.terminal-wrapper.active .xterm-rows').innerText()).toContain('sudo usermod -aG docker');
  } finally {
    await browser.close();
    await server.stop();
    await place.close();
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
});

/** As its service manager stops it. */
async function terminate({ engine: { dockerd } }: Lab): Promise<void> {
  if (dockerd.pid !== undefined) { process.kill(dockerd.pid, 'SIGTERM'); }
  await expect.poll(() => dockerd.pid).toBeUndefined();
}
