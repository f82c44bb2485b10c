import type { ContentBody } from '@logdate/client';
import { openDevice } from '../device.js';
import { CommandError, EXIT } from '../exit-codes.js';
import { groupBy, readSnapshot, type LiveRow } from '@logdate/formats/snapshot';
import { when } from '../terminal.js';
import type { Command } from './context.js';

/** Lists the entries of this device, newest first. */
export const list: Command<{ limit: string; journal?: string }> = async (
  { settings, terminal, signal },
  { limit, journal },
) => {
  const most = limit === 'all' ? Infinity : Number(limit);
  if (!(most >= 1)) throw new CommandError(EXIT.usage, `--limit is a number from 1, or all, not "${limit}"`);
  const device = await openDevice(settings, { signal });
  try {
    const snapshot = await readSnapshot(device.store);
    const titles = new Map(snapshot.journals.map(({ id, body }) => [id, body.title]));
    const links = groupBy(snapshot.links, 'contentId');
    const media = groupBy(snapshot.media, 'contentId');
    const entries = snapshot.entries.map((entry) => ({
      id: entry.id,
      createdAt: entry.body.createdAt,
      type: entry.body.type,
      content: entry.body.content,
      journals: (links.get(entry.id) ?? []).flatMap(({ body }) => titles.get(body.journalId) ?? []),
      files: (media.get(entry.id) ?? []).length,
      line: lineOf(entry),
    }));
    const wanted = entries.filter(({ journals }) => journal === undefined || journals.includes(journal)).reverse();
    const shown = wanted.slice(0, most);
    const rest = wanted.length > shown.length ? [`… and ${wanted.length - shown.length} more: --limit all`] : [];
    terminal.result({ total: wanted.length, entries: shown.map(({ line: _, ...entry }) => entry) }, [
      ...shown.map(({ line }) => line),
      ...rest,
    ]);
    return EXIT.good;
  } finally {
    await device.close();
  }
};

function lineOf({ id, body }: LiveRow<ContentBody>): string {
  const words = firstWords(body.content) || body.type.toLowerCase();
  return `${when(body.createdAt)}  ${id.slice(0, 8)}  ${words}`;
}

/** The beginning of a text on one line, without what would steer a terminal. */
export function firstWords(text: string | null, most = 70): string {
  const line = (text ?? '')
    .slice(0, 500)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
