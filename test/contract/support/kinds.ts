/** Entries and journals have the same paths: what differs between them. */
import { entry, journal } from './bodies.js';

export interface Kind {
  /** Last part of the plan's path: `/sync/content`. */
  sync: string;
  /** Path of the resource: `/contents`. */
  resource: string;
  body: (fields?: Record<string, unknown>) => { id: string; createdAt: number; lastUpdated: number };
  /** The field that the tests edit; any text will do. */
  text: 'content' | 'title';
  /** The field of GraphQL's `Query` that reads one row. */
  point: 'content' | 'journal';
}

export const KINDS: readonly Kind[] = [
  { sync: '/sync/content', resource: '/contents', body: entry, text: 'content', point: 'content' },
  { sync: '/sync/journals', resource: '/journals', body: journal, text: 'title', point: 'journal' },
];
