// The one place that reads the environment. A flag goes before a variable, a variable before what is stored.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the command keeps its data, and what it was told to do. */
export interface Settings {
  /** Holds the session and one database for each user. */
  dataFolder: string;
  /** Undefined: the server that was used last, else DEFAULT_SERVER. */
  server: string | undefined;
  /** Opens a file for writing an entry; undefined when none is named. */
  editor: string | undefined;
  /** One JSON document on stdout instead of text. */
  json: boolean;
}

/** The flags that every command takes. */
export interface GlobalFlags {
  data?: string;
  server?: string;
  json?: boolean;
}

/** Where `npm start` listens. */
export const DEFAULT_SERVER = 'http://localhost:3000';

/** Puts flags and environment together. */
export function readSettings(flags: GlobalFlags, environment: NodeJS.ProcessEnv = process.env): Settings {
  const named = (name: string) => environment[name] || undefined;
  // XDG asks that a relative path be ignored.
  const xdg = named('XDG_DATA_HOME');
  const shared = xdg?.startsWith('/') ? xdg : join(homedir(), '.local', 'share');
  return {
    dataFolder: resolve(flags.data ?? named('LOGDATE_HOME') ?? join(shared, 'logdate')),
    server: flags.server ?? named('LOGDATE_SERVER'),
    editor: named('VISUAL') ?? named('EDITOR'),
    json: flags.json ?? false,
  };
}
