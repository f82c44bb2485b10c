import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const REAL_EXPORT = resolve('../shared/data/dayone-1660-1661.zip');
const ONE_RUN_MS = 180_000;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-spec-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('npm run demo', () => {
  it(
    'takes the sample from one device to the other, and every line of its table holds',
    async () => {
      const { code, output } = await demo();
      expect(output).toMatch(/\n {2}line +expected +seen\n/);
      expect(output).toMatch(
        /\n {2}row by row: B against the export +57 rows, 0 differences +57 rows, 0 differences +✓/,
      );
      expect(holdingLines(output)).toBe(20);
      expect(code).toBe(0);
      expect(await readdir(folder)).toEqual([]);
    },
    ONE_RUN_MS,
  );

  if (!existsSync(REAL_EXPORT)) console.warn(`Left out: there is no real export at ${REAL_EXPORT}`);
  const itWithRealExport = existsSync(REAL_EXPORT) ? it : it.skip;

  itWithRealExport(
    'takes a real export of 712 entries across, and its photos with it',
    async () => {
      const { code, output } = await demo(REAL_EXPORT);
      expect(output).toMatch(/photos: digests on device B\s.*3 of 3 equal/);
      expect(output).toMatch(/photos: the same file stored once\s.*3 rows, 999795 bytes/);
      expect(output).toMatch(/nothing doubled: server's count +1 \+ 712 \+ 712 rows +1 \+ 712 \+ 712 rows +✓/);
      expect(holdingLines(output)).toBe(20);
      expect(code).toBe(0);
    },
    ONE_RUN_MS,
  );

  it.each([
    ['a path that does not exist', () => 'nowhere.zip', 'nowhere.zip: there is no such file or folder'],
    ['a file that is not a ZIP', () => resolve('package.json'), 'package.json: not a ZIP file'],
  ])(
    'ends with 1 and the reason for %s, before a server is started',
    async (_, path, reason) => {
      const { code, output } = await demo(path());
      expect(output).toContain(`The demo ended early. ${resolve(path())}`.replace(/[^/]*$/, reason));
      expect(output).not.toMatch(/at .*\.js:\d+|Server {2}/);
      expect(code).toBe(1);
      expect(await readdir(folder)).toEqual([]);
    },
    ONE_RUN_MS,
  );

  it(
    'ends with 1 for an export of one entry, and leaves no folder behind',
    async () => {
      const path = await mkdtemp(join(tmpdir(), 'one-entry-'));
      const entries = [{ uuid: 'A1', creationDate: '2024-01-01T00:00:00Z', text: 'Alone.' }];
      await writeFile(join(path, 'Diary.json'), JSON.stringify({ entries }));
      const { code, output } = await demo(path);
      await rm(path, { recursive: true });
      expect(output).toContain('The export needs two entries');
      expect(code).toBe(1);
      expect(await readdir(folder)).toEqual([]);
    },
    ONE_RUN_MS,
  );
});

/** Runs the built demo with its temporary folder inside ours, so that a test sees what it leaves behind. */
function demo(...args: string[]): Promise<{ code: number; output: string }> {
  // The limit is below the test's own, so that a demo that hangs can still stop its server.
  const options = { env: { ...process.env, TMPDIR: folder }, timeout: ONE_RUN_MS - 30_000 };
  return new Promise((done) => {
    execFile(process.execPath, ['dist/scripts/demo.js', ...args], options, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
}

/** The number N of "N of N lines hold"; 0 when some do not. */
function holdingLines(output: string): number {
  const [, holding, all] = /\n(\d+) of (\d+) lines hold\n/.exec(output) ?? [];
  return holding === all ? Number(holding ?? 0) : 0;
}
