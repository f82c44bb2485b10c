// The commands and their flags. Each command is a file under commands/.
import { Command as Commander, CommanderError } from 'commander';
import { add } from './commands/add.js';
import { signIn, signOut, signUp } from './commands/account.js';
import { conflicts, resolveConflict } from './commands/conflicts.js';
import type { Command } from './commands/context.js';
import { exportCommand } from './commands/export.js';
import { importCommand } from './commands/import.js';
import { list } from './commands/list.js';
import { restore } from './commands/restore.js';
import { status } from './commands/status.js';
import { sync } from './commands/sync.js';
import { verify } from './commands/verify.js';
import { watch } from './commands/watch.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { asCommandError } from './failure.js';
import { readSettings, type GlobalFlags } from './settings.js';
import { processTerminal } from './terminal.js';

const EXIT_CODES = `
Exit codes:
  0  done
  1  something differs, was refused, or waits for a decision
  2  wrong usage, or a file that cannot be read
  3  not signed in, or a wrong password
  4  the server cannot be reached
  5  a fault of this program or of this machine

Environment: LOGDATE_SERVER, LOGDATE_HOME (or XDG_DATA_HOME) for the data, EDITOR for \`add\`.`;

/** Runs what the arguments ask for and answers the exit code. It never throws. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  let code: ExitCode = EXIT.good;
  const program = programWith(async (flags, body) => {
    code = await runCommand(flags, body, signal);
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.good : EXIT.usage;
  }
  return code;
}

type RunCommand = (
  flags: GlobalFlags,
  body: (context: Parameters<Command<object>>[0]) => Promise<ExitCode>,
) => Promise<void>;

function programWith(runCommand: RunCommand): Commander {
  const program = new Commander('logdate')
    .description('Back up a journal to LogDate Cloud, and have it on every device')
    .option('--data <folder>', 'where this device keeps its journal (default: ~/.local/share/logdate)')
    .option('--server <url>', 'the server (default: the one used last, else http://localhost:3000)')
    .option('--json', 'one JSON document on stdout instead of text')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODES)
    .exitOverride();
  const action =
    <Options, Args extends unknown[]>(command: Command<Options, Args>) =>
    async (...given: unknown[]): Promise<void> => {
      // Commander gives the arguments, then the options, then itself.
      const itself = given.at(-1) as Commander;
      const args = given.slice(0, -2) as Args;
      await runCommand(itself.optsWithGlobals<GlobalFlags>(), (context) =>
        command(context, itself.opts() as Options, ...args),
      );
    };
  const command = (name: string, description: string) =>
    program.command(name).description(description).addHelpText('after', EXIT_CODES);

  const PASSWORD: [string, string] = ['--password-stdin', 'read the password from standard input instead of asking'];
  command('sign-up <username>', 'make an account and sign in')
    .option(...PASSWORD)
    .action(action(signUp));
  command('sign-in <username>', 'sign in to your account')
    .option(...PASSWORD)
    .action(action(signIn));
  command('sign-out', 'end the session of this device')
    .option('--unsynced <how>', 'what is not on the server yet: upload-first, keep or delete', 'upload-first')
    .action(action(signOut));
  command('import <path>', 'import a Day One export (ZIP or folder), or a folder of Markdown and pictures').action(
    action(importCommand),
  );
  command('add [words...]', 'write an entry: from the arguments, standard input, or your editor')
    .option('--journal <title>', 'put it into this journal, which is made when there is none')
    .option('--date <date>', 'when it happened: 2024-05-01 or 2024-05-01T08:30')
    .option('--no-sync', 'only save it on this device')
    .action(action(add));
  command('list', 'list entries, newest first')
    .option('--limit <number>', 'how many, or all', '20')
    .option('--journal <title>', 'only those of this journal')
    .action(action(list));
  command('sync', 'send what waits and fetch what is new').action(action(sync));
  command('watch <folder>', 'back up a folder of Markdown and pictures, now and whenever it changes')
    .option('--confirm-deletions', 'also delete the entries of files that are gone, however many')
    .option('--once', 'look once, sync, and end')
    .action(action(watch));
  command('status', 'what is on this device, and what waits').action(action(status));
  command('conflicts', 'list what two devices changed and you must decide')
    .action(action(conflicts))
    .command('resolve <id>')
    .description('decide a conflict; the beginning of the id is enough')
    .option('--mine', 'the version of this device')
    .option('--theirs', 'the version of the other device')
    .option('--both', 'keep both')
    .action(action(resolveConflict));
  command('export <zip>', 'write everything into a ZIP')
    .option('--force', 'overwrite the ZIP')
    .action(action(exportCommand));
  command('verify', 'compare every entry and every file with the server').action(action(verify));
  command('restore <folder>', 'write everything as Markdown and pictures')
    .option('--force', 'overwrite files that say something else')
    .action(action(restore));
  return program;
}

async function runCommand(
  flags: GlobalFlags,
  body: (context: Parameters<Command<object>>[0]) => Promise<ExitCode>,
  signal: AbortSignal,
): Promise<ExitCode> {
  const settings = readSettings(flags);
  const terminal = processTerminal(settings.json);
  try {
    return await body({ settings, terminal, signal });
  } catch (error) {
    const { message, advice, exitCode } = asCommandError(error, signal);
    terminal.note(advice === undefined ? message : `${message}\n${advice}`);
    if (settings.json) terminal.result({ error: { message, advice: advice ?? null, exitCode } }, []);
    return exitCode;
  }
}
