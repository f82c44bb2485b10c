/**
 * Plants a fault in a copy of the project and runs the tests that must notice it: a test that stays green when the thing
 * it guards is taken out guards nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');
/** What a build and a test run need besides node_modules. */
const COPIED = /^(src|test|scripts|dist|.+\.json|.+\.config\.js|ormconfig\.ts)$/;

export interface Fault {
  /** What is wrong, as a sentence goes on after "when". */
  name: string;
  edits: { file: string; find: string; replace: string }[];
  /** Spec file and full name of each test that must fail. */
  killedBy: [spec: string, test: string][];
}

interface TestResults {
  testResults: { name: string; message: string; assertionResults: { fullName: string; status: string }[] }[];
}

/** A copy of the project that can be broken. */
export class BrokenCopy {
  private constructor(private readonly folder: string) {}

  static async make(): Promise<BrokenCopy> {
    const folder = await mkdtemp(join(tmpdir(), 'logdate-fault-'));
    for (const name of (await readdir(PROJECT)).filter((one) => COPIED.test(one))) {
      await cp(join(PROJECT, name), join(folder, name), { recursive: true });
    }
    await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    return new BrokenCopy(folder);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** How each of the tests ended with these edits, by its full name; the copy is whole again afterwards. */
  async run(edits: Fault['edits'], tests: Fault['killedBy']): Promise<Record<string, string>> {
    const whole = new Map<string, string>();
    try {
      for (const { file, find, replace } of edits) {
        const path = join(this.folder, file);
        const before = await readFile(path, 'utf8');
        if (!whole.has(path)) whole.set(path, before);
        const found = before.split(find).length - 1;
        if (found !== 1) throw new Error(`${file} has ${found} times what the fault replaces:\n${find}`);
        await writeFile(
          path,
          before.replace(find, () => replace),
        );
      }
      await this.build();
      return await this.test(tests);
    } finally {
      for (const [path, text] of whole) await writeFile(path, text);
    }
  }

  /** As `npm run build`, but only what changed; a fault must be sound TypeScript, or every test would fail. */
  private async build(): Promise<void> {
    const { code, output } = await this.node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
    if (code !== 0) throw new Error(`The fault does not compile:\n${output}`);
  }

  private async test(tests: Fault['killedBy']): Promise<Record<string, string>> {
    const report = join(this.folder, 'report.json');
    await rm(report, { force: true });
    const names = tests.map(([, test]) => test.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const { output } = await this.node(
      '--disable-warning=ExperimentalWarning',
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      '--json',
      `--outputFile=${report}`,
      `--testNamePattern=^(${names.join('|')})$`,
      '--runTestsByPath',
      ...new Set(tests.map(([spec]) => spec)),
    );
    const text = await readFile(report, 'utf8').catch(() => {
      throw new Error(`Jest did not run:\n${output}`);
    });
    const { testResults } = JSON.parse(text) as TestResults;
    const unread = testResults.find(({ assertionResults }) => assertionResults.length === 0);
    if (unread !== undefined) throw new Error(`${unread.name} did not run:\n${unread.message}`);
    return Object.fromEntries(
      testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status !== 'pending')
        .map(({ fullName, status }) => [fullName, status]),
    );
  }

  private async node(...args: string[]): Promise<{ code: number; output: string }> {
    const { JEST_WORKER_ID: _, ...env } = process.env;
    const child = spawn(process.execPath, args, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (text: Buffer): void => void (output = (output + text.toString()).slice(-10_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const [code] = (await once(child, 'close')) as [number];
    return { code, output };
  }
}
