/** What the command says to a script by its exit code. The table in cli/README.md and `logdate --help` list them. */
export const EXIT = {
  good: 0,
  /** Something differs, was refused, or waits for a decision. */
  differs: 1,
  usage: 2,
  signedOut: 3,
  /** The server did not answer, or answered that it cannot work now. */
  unreachable: 4,
  /** A fault of this program or of this machine: a full disk, a damaged store. */
  broken: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Why a command ends without having done what it was asked; the advice says what to do about it. */
export class CommandError extends Error {
  override name = 'CommandError';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    readonly advice?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
