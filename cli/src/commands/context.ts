import type { ExitCode } from '../exit-codes.js';
import type { Settings } from '../settings.js';
import type { Terminal } from '../terminal.js';

/** What every command works with. */
export interface Context {
  settings: Settings;
  terminal: Terminal;
  /** Aborted by Ctrl+C and SIGTERM: a command then ends at the next whole step. */
  signal: AbortSignal;
}

/** A command: says its result and answers the exit code. */
export type Command<Options, Args extends unknown[] = []> = (
  context: Context,
  options: Options,
  ...args: Args
) => Promise<ExitCode>;
