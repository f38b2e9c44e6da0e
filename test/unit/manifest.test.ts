import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { stepIds } from '../../src/lesson/steps';

interface Menu { command: string; when?: string }

interface Manifest {
  main: string;
  icon: string;
  publisher: string;
  license: string;
  version: string;
  categories: string[];
  keywords: string[];
  galleryBanner: { color: string; theme: string };
  extensionKind: string[];
  capabilities: { untrustedWorkspaces: { supported: boolean | string }; virtualWorkspaces: boolean };
  badges?: unknown;
  sponsor?: unknown;
  engines: { vscode: string };
  contributes: {
    commands: { command: string; title: string; category?: string; icon?: string }[];
    menus: Record<string, Menu[]>;
    keybindings: Menu[];
    configuration: { properties: Record<string, { scope?: string; markdownDescription?: string }> };
    views: Record<string, { id: string; icon: string }[]>;
    viewsWelcome: { contents: string }[];
    walkthroughs: { id: string; icon: string; steps: { id: string; title: string; description: string; media: Record<string, string>; completionEvents: string[] }[] }[];
  };
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(root + path, 'utf8');
const manifestText = read('package.json');
const manifest = JSON.parse(manifestText) as Manifest;
const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
const { contributes } = manifest;
const ids = contributes.commands.map(({ command }) => command);
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
const text = (key: string): string => texts[key.slice(1, -1)] ?? '';

describe('texts', () => {
  const used = new Set([...manifestText.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]));

  test('that the manifest asks for are all there, and none is there in vain', () => {
    expect([...used].toSorted()).toEqual(Object.keys(texts).toSorted());
  });

  test('are none of them empty', () => {
    expect(Object.entries(texts).filter(([, value]) => value.trim() === '')).toEqual([]);
  });

  test('of commands, views, settings and steps are never written into the manifest itself', () => {
    const shown = [
      ...contributes.commands.map(({ title }) => title), ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...Object.values(contributes.configuration.properties).map(({ markdownDescription }) => markdownDescription ?? ''),
      ...steps.flatMap(({ title, description }) => [title, description]),
    ];
    expect(shown.filter((value) => !/^%[\w.]+%$/.test(value))).toEqual([]);
  });
});

describe('commands', () => {
  const source = read('src/commands/all.ts');
  const registered = [...source.slice(source.indexOf('return {')).matchAll(/^ {4}(\w+):/gm)].map((match) => `helloContainers.${match[1] ?? ''}`);

  test('that the manifest names are registered, and the reverse', () => {
    expect(ids.toSorted()).toEqual(registered.toSorted());
    expect(ids.length).toBeGreaterThan(15);
  });

  test('are all in our category', () => {
    expect(contributes.commands.filter(({ category }) => category !== 'Hello Containers')).toEqual([]);
  });

  test('are called as the user asked for', () => {
    const titleOf = (id: string): string => text(contributes.commands.find(({ command }) => command === id)?.title ?? '');
    expect(titleOf('helloContainers.runHelloWorld')).toBe('Run hello-world');
    expect(titleOf('helloContainers.limitCpuTo10')).toBe('Limit CPU to 10%');
  });

  test('have titles that tell them apart where all are listed', () => {
    const unlisted = (contributes.menus.commandPalette ?? []).filter(({ when }) => when === 'false').map(({ command }) => command);
    const titles = contributes.commands.filter(({ command }) => !unlisted.includes(command)).map(({ title }) => text(title));
    expect(new Set(titles).size).toBe(titles.length);
  });

  test('in menus, keys, texts and walkthroughs exist', () => {
    const linked = [...`${JSON.stringify(texts)}${steps.flatMap(({ media }) => media.markdown === undefined ? [] : text(media.markdown)).map(read).join('')}`.matchAll(/\(command:([\w.]+)/g)].map((match) => match[1] ?? '');
    const named = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(({ command }) => command);
    const views = Object.values(contributes.views).flat().map(({ id }) => `${id}.focus`);
    expect(linked.length).toBeGreaterThan(5);
    expect([...linked, ...named].filter((id) => !ids.includes(id) && !views.includes(id))).toEqual([]);
  });

  test('that errors and pages offer exist', () => {
    const sources = ['src/engine/errors.ts', 'src/commands/runHelloWorld.ts', 'src/commands/pickContainer.ts', 'src/webviews/livePages.ts', 'src/views/connectionProblem.ts'].map(read).join('');
    const offered = [...sources.matchAll(/(?:command: |return |executeCommand\(|, )'(helloContainers\.[\w.]+)'/g)].map((match) => match[1] ?? '');
    expect(offered.length).toBeGreaterThan(5);
    expect(offered.filter((id) => !ids.includes(id))).toEqual([]);
  });
});

describe('the view\'s menu', () => {
  const items = contributes.menus['view/item/context'] ?? [];

  /** Whether a command shows on an item with this context value, in the context menu or inline. */
  const shows = (command: string, contextValue: string): boolean => items.filter((item) => item.command === `helloContainers.${command}`).some(({ when = '' }) => {
    const pattern = /viewItem =~ \/(.+)\//.exec(when)?.[1];
    return pattern !== undefined && new RegExp(pattern).test(contextValue);
  });

  test.each<[string, string[], string[]]>([
    ['container.running', ['stopContainer', 'restartContainer', 'pauseContainer', 'limitCpuTo10', 'limitCpu', 'watchLiveCpu', 'showLogs', 'removeContainer'], ['startContainer', 'unpauseContainer', 'removeCpuLimit']],
    ['container.running.limited.cpu-demo', ['removeCpuLimit', 'limitCpuTo10'], ['startContainer']],
    ['container.paused.cpu-demo', ['unpauseContainer', 'stopContainer', 'limitCpuTo10', 'watchLiveCpu'], ['pauseContainer', 'startContainer', 'removeCpuLimit']],
    ['container.exited.hello-world', ['startContainer', 'removeContainer', 'showLogs'], ['stopContainer', 'limitCpuTo10', 'watchLiveCpu', 'pauseContainer']],
    ['container.running.limited.unlimitable', ['whyNoCpuLimit', 'watchLiveCpu'], ['limitCpuTo10', 'limitCpu', 'removeCpuLimit']],
    ['container.created', ['startContainer', 'removeContainer'], ['stopContainer']],
    ['engine.default.connected.used', ['runHelloWorld', 'startCpuDemo', 'cleanUp', 'diagnoseEngine'], ['useEngine', 'removeEngine', 'stopContainer', 'removeContainer']],
    ['engine.context.connected', ['useEngine', 'runHelloWorld', 'removeEngine'], ['removeContainer']],
    ['engine.context.closed', ['useEngine', 'reconnect', 'diagnoseEngine', 'removeEngine'], ['runHelloWorld', 'startCpuDemo', 'cleanUp']],
  ])('on %s offers what can be done, and nothing else', (contextValue, offered, hidden) => {
    expect(offered.filter((command) => !shows(command, contextValue))).toEqual([]);
    expect(hidden.filter((command) => shows(command, contextValue))).toEqual([]);
  });

  test('appears in no view but ours', () => {
    expect(items.filter(({ when }) => !/^view (== helloContainers\.(containers|swarm|lesson|images|volumes|networks) |=~ \/\^helloContainers\\\.\([a-z|]+\)\$\/)/.test(when ?? ''))).toEqual([]);
  });
});

describe('the walkthrough', () => {
  test('has the lesson\'s steps, in their order', () => {
    expect(steps.map(({ id }) => id)).toEqual(stepIds);
  });

  test('ticks each step by the key that its check sets, and never by a click', () => {
    const camelCase = (id: string): string => id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    for (const { id, completionEvents } of steps) {
      const done = `onContext:helloContainers.step.${camelCase(id)}Done`;
      expect(completionEvents).toEqual([`${done} && helloContainers.lookAtSteps`, `${done} && helloContainers.lookAtStepsAgain`]);
    }
  });

  test('has each picture and text, and words for who cannot see them', () => {
    for (const { media } of steps) {
      const file = text(media.svg ?? media.markdown ?? '');
      expect(file).not.toBe('');
      expect(existsSync(root + file)).toBe(true);
      if (media.markdown === undefined) { expect(text(media.altText ?? '').length).toBeGreaterThan(20); }
    }
  });

  test('has pictures without scripts', () => {
    for (const { media } of steps) {
      if (media.svg !== undefined) { expect(read(text(media.svg))).not.toMatch(/<script|\son\w+=|javascript:/i); }
    }
  });
});

describe('in a marketplace', () => {
  test('it is found and told apart', () => {
    expect(manifest.categories).toEqual(['Education', 'Visualization', 'Other']);
    // More than 30 are refused.
    expect(manifest.keywords.length).toBeLessThanOrEqual(30);
    expect(manifest.keywords).toEqual(expect.arrayContaining(['docker', 'container', 'cgroup', 'learn']));
    expect(manifest.galleryBanner.color).toMatch(/^#[0-9a-f]{6}$/);
    expect(manifest.galleryBanner.theme).toBe('dark');
    expect([manifest.publisher, manifest.license]).toEqual(['hello-containers', 'MIT']);
    expect(text('%description%').length).toBeLessThanOrEqual(200);
  });

  test('its icon is a square PNG of 256 pixels', () => {
    const png = readFileSync(root + manifest.icon);
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([256, 256]);
    expect(existsSync(root + manifest.icon.replace('.png', '.svg'))).toBe(true);
  });

  test('it claims nothing that nobody measured, and asks for no money', () => {
    expect(manifest.badges).toBeUndefined();
    expect(manifest.sponsor).toBeUndefined();
  });

  test('it runs where the engine is, and says what it does without trust and without files', () => {
    expect(manifest.extensionKind).toEqual(['workspace']);
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBeDefined();
    expect(manifest.capabilities.virtualWorkspaces).toBeDefined();
  });

  test('each view has an icon of its own, in the colours of whatever stands around it', () => {
    const icons = Object.values(contributes.views).flat().map(({ icon }) => icon);
    expect(new Set(icons).size).toBe(icons.length);
    expect(icons.filter((icon) => !read(icon).includes('currentColor'))).toEqual([]);
  });
});

describe('titles of commands', () => {
  /** VS Code's title case: small words are small, and Docker's own names keep their letters. */
  const small = /^(a|an|the|and|or|to|of|for|with|by|in|on|at|as|its|me|hello-world|docker|run|10%)$/;

  test('are in title case', () => {
    const titles = contributes.commands.map(({ title }) => text(title));
    const words = (title: string): string[] => title.replace('…', '').split(/[ ,]+/);
    expect(titles.filter((title) => words(title).some((word, index) => !/^[A-Z]/.test(word) && (index === 0 || !small.test(word))))).toEqual([]);
  });

  test('have no end but an ellipsis, which is one character', () => {
    expect(contributes.commands.map(({ title }) => text(title)).filter((title) => /\.\.\.|[.:!?]$|\s…/.test(title))).toEqual([]);
  });
});

describe('files and settings', () => {
  test('of icons are there', () => {
    const icons = [manifest.icon, ...Object.values(contributes.views).flat().map(({ icon }) => icon), ...contributes.walkthroughs.map(({ icon }) => icon)];
    expect(icons.filter((icon) => !existsSync(root + icon))).toEqual([]);
  });

  test('that name an engine or an image belong to the machine: a workspace must not choose what runs', () => {
    const properties = Object.entries(contributes.configuration.properties);
    expect(properties.length).toBeGreaterThan(0);
    expect(properties.filter(([name, { scope }]) => /endpoint|image/i.test(name) && scope !== 'machine')).toEqual([]);
  });

  test('are all under our name', () => {
    const names = [...ids, ...Object.keys(contributes.configuration.properties), ...Object.values(contributes.views).flat().map(({ id }) => id)];
    expect(names.filter((name) => !name.startsWith('helloContainers.'))).toEqual([]);
  });

  test('ask for the VS Code that is designed for', () => {
    expect(manifest.engines.vscode).toBe('^1.100.0');
  });
});
