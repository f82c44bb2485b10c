// A password comes from the keyboard without being shown, or from stdin; never from an argument, which `ps` shows to all.
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandError, EXIT } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Reads the password of an existing account, or with `twice` of a new one, which is typed again. */
export async function readPassword(terminal: Terminal, options: { stdin?: boolean; twice?: boolean }): Promise<string> {
  if (options.stdin) return passwordFromStdin();
  if (!terminal.interactive) {
    throw new CommandError(
      EXIT.usage,
      'There is no terminal to ask for the password',
      'Give it on standard input: logdate … --password-stdin < file',
    );
  }
  const password = await askHidden('Password: ');
  if (options.twice && (await askHidden('Again: ')) !== password) {
    throw new CommandError(EXIT.usage, 'The two passwords differ', 'Nothing was done; start again');
  }
  return password;
}

async function passwordFromStdin(): Promise<string> {
  const text = await readStdin();
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new CommandError(EXIT.usage, 'Standard input holds no password');
  return password;
}

/** All of standard input, as UTF-8. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

// readline echoes what is typed to its output: this one shows the question and nothing after it.
function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      process.stderr.write('\n');
      reject(new CommandError(EXIT.interrupted, 'No password was given'));
    });
  });
}
