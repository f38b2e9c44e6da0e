import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { type Architecture, helloProgram } from './elf';
import type { Engine } from './engine';
import { standInImage, standInLabel } from './ours';
import { tar } from './tar';

/** What the bundled image prints. English on purpose: it is a program's output, not a message of ours. */
const greeting = `
Hello from a container!

This is the stand-in that Hello Containers carries along: no registry was needed.
Still, all of this happened on your engine just now:
 1. The client (this extension) sent the image to the daemon over its API.
 2. The daemon created a container from the image and had runc start it.
 3. The process in it, {size} bytes of program, wrote these lines to its standard output.
 4. The daemon streamed them to the client, and the process exited with code 0.

`;

/** The program of the bundled image. */
export function standInProgram(architecture: Architecture): Buffer {
  // The size in the text changes the size: three digits in either case.
  const size = helloProgram(greeting.replace('{size}', '000'), architecture).length;
  return helloProgram(greeting.replace('{size}', String(size)), architecture);
}

/**
 * The bundled stand-in for hello-world as `docker load` takes it: one layer with one static program.
 * @see https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format
 */
export function standInTar(architecture: Architecture): Buffer {
  const layer = tar([{ name: 'hello', content: standInProgram(architecture), mode: 0o755 }]);
  const config = Buffer.from(JSON.stringify({
    architecture, os: 'linux', created: '2026-01-01T00:00:00Z',
    config: { Cmd: ['/hello'], Labels: { [standInLabel]: 'true' } },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
    history: [{ created: '2026-01-01T00:00:00Z', created_by: 'hello-containers' }],
  }));
  return tar([
    { name: `${sha256(config)}.json`, content: config },
    { name: 'layer.tar', content: layer },
    { name: 'manifest.json', content: Buffer.from(JSON.stringify([{ Config: `${sha256(config)}.json`, RepoTags: [standInImage], Layers: ['layer.tar'] }])) },
  ]);
}

/**
 * Puts the bundled stand-in onto the engine.
 * @throws Error when the engine's machine is of an architecture that we carry no program for; EngineError
 */
export async function loadStandIn(engine: Engine, signal: AbortSignal): Promise<void> {
  const { architecture } = await engine.facts(signal);
  const ours = /^(x86_64|amd64)$/.test(architecture) ? 'amd64' : /^(aarch64|arm64)/.test(architecture) ? 'arm64' : undefined;
  if (ours === undefined) { throw new Error(l10n.t('The bundled image has no program for {0}, the architecture of the engine\'s machine.', architecture)); }
  await engine.loadImage(standInTar(ours), signal);
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
