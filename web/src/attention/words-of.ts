// What a person knows a row by.
import type { Body, RowType } from '@logdate/client';

const FIRST = 160;

/** All words of a row; empty where it has none. */
export function wordsOf(type: RowType, body: Body | null): string {
  if (body === null) return '';
  const fields = { journal: ['title', 'description'], content: ['content'], association: [], media: ['fileName'] };
  return fields[type]
    .map((field) => String(body[field] ?? ''))
    .filter((text) => text !== '')
    .join('\n\n');
}

/** As many of the first words as fit on two or three lines. */
export function firstWords(text: string): string {
  const line = text.trim().replaceAll(/\s+/gu, ' ');
  if (line.length <= FIRST) return line;
  const cut = line.slice(0, FIRST);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), FIRST / 2))}…`;
}
