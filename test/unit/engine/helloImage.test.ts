import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type Architecture, helloProgram } from '../../../src/engine/elf';
import { loadStandIn, standInProgram, standInTar } from '../../../src/engine/helloImage';
import { standInImage, standInLabel } from '../../../src/engine/ours';
import { tar } from '../../../src/engine/tar';
import { ScriptedEngine } from '../support/scriptedEngine';
import { tempDir } from '../support/tempDir';

const run = promisify(execFile);
const architectures: Architecture[] = ['amd64', 'arm64'];

async function found(...commands: string[]): Promise<string | undefined> {
  for (const command of commands) {
    if (await run(command, ['--version']).then(() => true, () => false)) { return command; }
  }
  return undefined;
}

const emulator = await found('qemu-aarch64-static', 'qemu-aarch64');

function executable(content: Uint8Array): string {
  const path = join(tempDir(), 'hello');
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return path;
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

describe.each(architectures)('the bundled program for %s', (architecture) => {
  const program = standInProgram(architecture);

  test('is an executable for Linux on that processor', () => {
    expect(program.subarray(0, 7)).toEqual(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])); // 64 bit, little endian, version 1
    expect(program.readUInt16LE(16)).toBe(2); // ET_EXEC
    expect(program.readUInt16LE(18)).toBe(architecture === 'amd64' ? 62 : 183); // EM_X86_64, EM_AARCH64
    expect(program.readUInt16LE(52)).toBe(64); // e_ehsize
    expect([program.readUInt16LE(54), program.readUInt16LE(56)]).toEqual([56, 1]); // e_phentsize, e_phnum
  });

  test('is one segment, the whole file, that may be run and not written', () => {
    const header = Number(program.readBigUInt64LE(32));
    expect(program.readUInt32LE(header)).toBe(1); // PT_LOAD
    expect(program.readUInt32LE(header + 4)).toBe(5); // read, execute
    const [offset, address, , inFile, inMemory, alignment] = [8, 16, 24, 32, 40, 48].map((at) => Number(program.readBigUInt64LE(header + at)));
    expect([offset, inFile, inMemory]).toEqual([0, program.length, program.length]);
    expect((address ?? 1) % (alignment ?? 0)).toBe(offset);
    expect(alignment).toBe(65_536); // the largest page that arm64 has
    expect(Number(program.readBigUInt64LE(24))).toBe((address ?? 0) + 120); // begins right after the headers
  });

  test('is a few hundred bytes', () => {
    expect(program.length).toBeGreaterThan(500);
    expect(program.length).toBeLessThan(1_000);
  });

  test('says its own true size', () => {
    expect(program.toString('latin1')).toContain(`${program.length} bytes of program`);
  });
});

/** The words that a learner reads. */
async function expectGreeting(program: Buffer, command: string, args: string[]): Promise<void> {
  const { stdout, stderr } = await run(command, args);
  expect(stdout).toMatch(/^\nHello from a container!\n/);
  expect(stdout).toContain(`${program.length} bytes of program`);
  expect(stdout.endsWith('exited with code 0.\n\n')).toBe(true);
  expect(stderr).toBe('');
}

test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('the amd64 program runs here (skipped on other processors)', async () => {
  const program = standInProgram('amd64');
  await expectGreeting(program, executable(program), []);
});

const runsArm = process.arch === 'arm64' || emulator !== undefined;
test.skipIf(process.platform !== 'linux' || !runsArm)('the arm64 program runs under qemu (skipped without the package qemu-user-static)', async () => {
  const program = standInProgram('arm64');
  const path = executable(program);
  await (process.arch === 'arm64' ? expectGreeting(program, path, []) : expectGreeting(program, emulator ?? '', [path]));
});

test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('a program of any text writes exactly that text', async () => {
  for (const text of ['', 'x', 'größe 🐳\n', 'long '.repeat(5_000)]) {
    expect((await run(executable(helloProgram(text, 'amd64')), { maxBuffer: 1e6 })).stdout).toBe(text);
  }
});

describe('a tar of ours', () => {
  test('is read by the system\'s tar, with modes, owner and time', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'x.tar'), tar([{ name: 'program', content: Buffer.from('abc'), mode: 0o755 }, { name: 'folder/empty', content: Buffer.alloc(0) }, { name: 'block', content: Buffer.alloc(512, 'b') }]));
    const { stdout, stderr } = await run('tar', ['-tvf', join(dir, 'x.tar'), '--utc', '--numeric-owner']);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').map((line) => line.replace(/\s+/g, ' '))).toEqual([
      '-rwxr-xr-x 0/0 3 1970-01-01 00:00 program', '-rw-r--r-- 0/0 0 1970-01-01 00:00 folder/empty', '-rw-r--r-- 0/0 512 1970-01-01 00:00 block',
    ]);
    await run('tar', ['-xf', join(dir, 'x.tar'), '-C', dir]);
    expect(readFileSync(join(dir, 'program'), 'utf8')).toBe('abc');
    expect(readFileSync(join(dir, 'block'))).toEqual(Buffer.alloc(512, 'b'));
  });
});

describe.each(architectures)('the bundled image for %s', (architecture) => {
  async function unpack(): Promise<{ dir: string; files: string[] }> {
    const dir = join(tempDir(), 'image');
    mkdirSync(dir);
    writeFileSync(join(dir, '..', 'image.tar'), standInTar(architecture));
    await run('tar', ['-xf', join(dir, '..', 'image.tar'), '-C', dir]);
    return { dir, files: (await run('tar', ['-tf', join(dir, '..', 'image.tar')])).stdout.trim().split('\n') };
  }

  test('has the same bytes, and so the same id, each time', () => {
    expect(standInTar(architecture).equals(standInTar(architecture))).toBe(true);
  });

  test('holds what its manifest names, under true digests', async () => {
    const { dir, files } = await unpack();
    const manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as [{ Config: string; RepoTags: string[]; Layers: string[] }];
    const [{ Config, RepoTags, Layers }] = manifest;
    expect(files.toSorted()).toEqual([Config, ...Layers, 'manifest.json'].toSorted());
    expect(RepoTags).toEqual([standInImage]);
    const config = readFileSync(join(dir, Config));
    expect(Config).toBe(`${sha256(config)}.json`);
    const json = JSON.parse(config.toString()) as { architecture: string; os: string; config: { Cmd: string[]; Labels: Record<string, string> }; rootfs: { diff_ids: string[] } };
    expect(json).toMatchObject({ architecture, os: 'linux', config: { Cmd: ['/hello'], Labels: { [standInLabel]: 'true' } } });
    expect(json.rootfs.diff_ids).toEqual(Layers.map((layer) => `sha256:${sha256(readFileSync(join(dir, layer)))}`));
  });

  test('has one layer with the program, ready to be run', async () => {
    const { dir } = await unpack();
    const { stdout } = await run('tar', ['-tvf', join(dir, 'layer.tar')]);
    expect(stdout).toMatch(/^-rwxr-xr-x .* hello\n$/);
    await run('tar', ['-xf', join(dir, 'layer.tar'), '-C', dir]);
    expect(readFileSync(join(dir, 'hello')).equals(standInProgram(architecture))).toBe(true);
  });
});

describe('loading the bundled image', () => {
  test.each(['x86_64', 'amd64', 'aarch64', 'arm64'])('works on an engine that calls its processor %s', async (architecture) => {
    const engine = new ScriptedEngine();
    engine.architecture = architecture;
    await loadStandIn(engine, new AbortController().signal);
    expect([...engine.images.keys()]).toEqual([standInImage]);
  });

  test('on another processor says so, and loads nothing', async () => {
    const engine = new ScriptedEngine();
    engine.architecture = 'riscv64';
    await expect(loadStandIn(engine, new AbortController().signal)).rejects.toThrow(/no program for riscv64/);
    expect(engine.count('loadImage')).toBe(0);
  });
});
