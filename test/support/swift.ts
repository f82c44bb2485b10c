/** A real S3 service for tests: OpenStack Swift, in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settings, type Config } from '../../src/config.js';

const SCRIPT = join(import.meta.dirname, '../../scripts/swift.sh');

/** `describe` where Swift is installed; elsewhere the name says what to do. */
export function describeWith(
  describe: (name: string, tests: () => void) => void,
  skip: (name: string, tests: () => void) => void,
): (name: string, tests: () => void) => void {
  const isInstalled = process.platform === 'linux' && spawnSync(SCRIPT, ['check']).status === 0;
  return (name, tests) =>
    isInstalled ? describe(name, tests) : skip(`${name} (skipped: no Swift; scripts/swift.sh install)`, tests);
}

export interface Swift {
  /** The server's settings for it, with a bucket that is not there yet. */
  settings(bucket: string): Config;
  /** As if its machine had stopped; its objects stay. */
  down(): void;
  up(): void;
  close(): Promise<void>;
}

export async function startSwift(): Promise<Swift> {
  const folder = await mkdtemp(join(tmpdir(), 'logdate-swift-'));
  // It ends when its standard input does, also when this process is killed.
  const child = spawn(SCRIPT, ['run', folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (/^S3_SECRET_KEY=.*\n/m.test(output)) break;
  }
  const value = (name: string): string => {
    const found = new RegExp(`^${name}=(.*)$`, 'm').exec(output)?.[1];
    if (found === undefined) throw new Error(`Swift did not start: ${output}`);
    return found;
  };
  const defaults = Object.fromEntries(Object.entries(settings).map(([name, each]) => [name, each.defaultValue]));
  return {
    settings: (bucket) => ({
      ...(defaults as Config),
      blobStore: 's3',
      s3Endpoint: value('S3_ENDPOINT'),
      s3AccessKey: value('S3_ACCESS_KEY'),
      s3SecretKey: value('S3_SECRET_KEY'),
      s3Bucket: bucket,
    }),
    down: () => void spawnSync(SCRIPT, ['stop', folder]),
    up: () => void spawnSync(SCRIPT, ['start', folder]),
    async close() {
      child.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
