// The built `logdate` command as a person runs it: a process of its own, with a data folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const BIN = resolve('cli/bin/logdate.mjs');

/** What a finished command left. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** One device: a data folder, and a server. */
export class CommandDevice {
  constructor(
    readonly folder: string,
    readonly server: string,
  ) {}

  /** Runs a command to its end. */
  async run(args: string[], input = ''): Promise<Ran> {
    const child = this.start(args);
    child.process.stdin?.end(input);
    return child.ended;
  }

  /** Runs a command with --json; answers its document, after checking that stdout holds nothing else. */
  async json<T = any>(args: string[], input = ''): Promise<T & { code: number }> {
    const { code, stdout, stderr } = await this.run([...args, '--json'], input);
    try {
      return { ...(JSON.parse(stdout) as T), code };
    } catch {
      throw new Error(`logdate ${args.join(' ')} ended with ${code} and no JSON: ${stdout}${stderr}`);
    }
  }

  /** Starts a command and leaves it running; `said` waits for words on stderr after those that it waited for before. */
  start(
    args: string[],
    environment: NodeJS.ProcessEnv = {},
  ): { process: ChildProcess; ended: Promise<Ran>; said(text: string): Promise<void> } {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: {
        PATH: process.env['PATH'],
        TZ: 'UTC',
        LOGDATE_HOME: this.folder,
        LOGDATE_SERVER: this.server,
        ...environment,
      },
    });
    const out = { stdout: '', stderr: '' };
    let heard = 0;
    child.stdout.on('data', (text: Buffer) => (out.stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (out.stderr += text.toString()));
    const ended = once(child, 'close').then(([code]) => ({ code: Number(code), ...out }));
    return {
      process: child,
      ended,
      async said(text) {
        for (;;) {
          const found = out.stderr.indexOf(text, heard);
          if (found >= 0) return void (heard = found + text.length);
          const isMore = await Promise.race([once(child.stderr, 'data').then(() => true), ended.then(() => false)]);
          if (!isMore && !out.stderr.includes(text, heard)) {
            throw new Error(`It ended without saying "${text}": ${out.stderr}`);
          }
        }
      },
    };
  }
}
