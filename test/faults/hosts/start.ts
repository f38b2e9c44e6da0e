import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { bundles } from '../../../packaging/bundles.mjs';

/** A program of this folder, ready to be run as a process of its own. */
export interface Host {
  /** Runs it to its end, however it ends. @param through a command that starts another, with its arguments */
  run(args: string[], through?: string[]): Promise<{ killed: boolean; code: number | null; stdout: string; stderr: string }>;
  remove(): Promise<void>;
}

/** Bundled packages ask for Node's own by require. */
const asModule = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Bundles `NAME.ts` as the extension is. */
export async function buildHost(name: string): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'hc-host-'));
  const file = join(folder, `${name}.mjs`);
  // Node alone runs it: a call of VS Code's would be a mistake, and fails.
  await build({ ...(bundles().extension as BuildOptions), entryPoints: [join(import.meta.dirname, `${name}.ts`)], outfile: file, format: 'esm', minify: false, logLevel: 'warning', banner: { js: asModule } });
  return {
    run: (args, through = []) => new Promise((resolve, reject) => {
      const [program = process.execPath, ...rest] = [...through, process.execPath, file, ...args];
      const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
      child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ killed: signal === 'SIGKILL', code, stdout, stderr }));
    }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
