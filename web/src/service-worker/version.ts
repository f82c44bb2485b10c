// One version of the app: the files of one build.

/** The files of a build, and what names it. */
export interface Version {
  /** Names the cache of its files: the script of its page, then a digest of all files. */
  name: string;
  /** Integrity of each file by its path, as fetch takes it. */
  files: Readonly<Record<string, string>>;
}

/** The page that every address of the app shows. */
export const PAGE = '/index.html';
/** The names of the files below it change with what is in them. */
export const HASHED_FILES = '/assets/';

const PREFIX = 'logdate-app';

/** @param script path of the script of its page */
export function versionName(script: string, digest: string): string {
  return [PREFIX, script, digest].join(' ');
}

/** Whether a cache is of the app; undefined of another, else the path of the script of its page. */
export function scriptOf(cacheName: string): string | undefined {
  const [prefix, script] = cacheName.split(' ');
  return prefix === PREFIX ? script : undefined;
}

/** The lock that each tab holds, shared, while it runs the version with this script: its files must stay. */
export function tabsOf(script: string): string {
  return `LogDate runs ${script}`;
}
