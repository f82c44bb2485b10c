// What a check of the backup found, in words.
import type { RowType } from '@logdate/client';
import type { Comparison } from '@logdate/client/compare';
import { counted } from './in-words.js';

const NAMES: Readonly<Record<RowType, string>> = {
  journal: 'A journal',
  content: 'An entry',
  association: 'The place of an entry in a journal',
  media: 'A photo or recording',
};

/** "3,900 of 3,900 entries and 14 of 14 photos and recordings are the same in LogDate Cloud." */
export function sameWords({ counts }: Pick<Comparison, 'counts'>): string {
  const part = ({ matching, all }: { matching: number; all: number }, one: string, many: string): string =>
    `${matching.toLocaleString('en')} of ${counted(all, one, many)}`;
  const parts = [
    part(counts.content, 'entry', 'entries'),
    ...(counts.journal.all > 0 ? [part(counts.journal, 'journal', 'journals')] : []),
    ...(counts.media.all > 0 ? [part(counts.media, 'photo or recording', 'photos and recordings')] : []),
  ];
  return `${new Intl.ListFormat('en').format(parts)} are the same in LogDate Cloud.`;
}

/** One row that is not the same on both sides. */
export function differenceWords({ type, difference }: Comparison['differences'][number]): string {
  return `${NAMES[type]} ${difference}`;
}
