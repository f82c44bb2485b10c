/** What `npm run build` made for browsers: where it is, and how its files are sent. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The names of these files change with what is in them. */
const HASHED_FILES = 'assets';
const KEPT_FOR_A_YEAR = 'public, max-age=31536000, immutable';
const ASKED_FOR_EACH_TIME = 'no-cache';

/** A built app for browsers. */
export interface BuiltApp {
  folder: string;
  /** The address of its page, with a slash at its end. */
  prefix: string;
  /** What each of its files is sent with. */
  headers: Record<string, string>;
}

/** Where the build puts the app of a package. The server runs from sources or from dist/, so the way up differs. */
export function builtFolder(name: 'playground' | 'web'): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, name, 'dist');
}

/** Whether there is a page in a folder. */
export function isBuilt(folder: string): boolean {
  return existsSync(join(folder, 'index.html'));
}

/** Serves each file of a built app by its name, and its page at the prefix. */
export async function serveBuiltFiles(
  app: NestFastifyApplication,
  { folder, prefix, headers }: BuiltApp,
): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    prefix,
    // The first one alone: `sendFile` is for the app that has addresses without files.
    decorateReply: !app.getHttpAdapter().getInstance().hasReplyDecorator('sendFile'),
    // A route for each file that is there at the start: a path that names none of them never reaches the disk.
    wildcard: false,
    globIgnore: ['**/*.{br,gz}'],
    preCompressed: true,
    // Nothing here is long enough for a part of it to be worth asking for.
    acceptRanges: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = relative(folder, path).startsWith(HASHED_FILES + sep);
      reply.headers({ ...headers, 'cache-control': isHashed ? KEPT_FOR_A_YEAR : ASKED_FOR_EACH_TIME });
    },
  });
}
