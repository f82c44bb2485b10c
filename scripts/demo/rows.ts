// What an export becomes on the server: journals, entries and the links between them, under ids that depend only on
// the user and the export, so that a second import meets the rows of the first.
import { createHash, randomUUID } from 'node:crypto';
import type { DayOneJournal } from './day-one.js';

/** The ids of a row: its own, or for a link those of its two ends. */
interface Ids {
  id?: string;
  journalId?: string;
  contentId?: string;
}

/** The body of a row: what the device says, without the server's stamp. Times in milliseconds since 1970. */
export interface Body extends Ids {
  content?: string;
  createdAt: number;
  clientUpdatedAt: number;
  [field: string]: string | number | undefined;
}

/** A row as a feed delivers it: the body, and who gave it which stamp. */
export interface Row extends Body {
  serverVersion: number;
  updatedAt: number;
  deviceId: string;
  mutationId: string;
}

/** The three kinds that an import writes, by the mutation that saves them. */
export type Verb = 'saveJournal' | 'saveContent' | 'linkContent';

/** One named write. The id is chosen once and kept for every retry. */
export interface Mutation {
  mutationId: string;
  verb: Verb;
  body: Body;
  /** What it was in the export, for messages. */
  source: string;
}

/** The key of a row on a device: kind and id, so that rows of all kinds lie in one map. */
export function keyOf(verb: Verb, { id, journalId, contentId }: Ids): string {
  return verb === 'linkContent' ? `${verb} ${journalId} ${contentId}` : `${verb} ${id}`;
}

/** Creates the rows of an export. Every call chooses new mutation ids and the same row ids. */
export function mutationsOf(journals: DayOneJournal[], userId: string): Mutation[] {
  return journals.flatMap((journal) => {
    const journalId = uuidV5(userId, journal.title);
    const save = mutation(`journal ${journal.title}`, 'saveJournal', {
      id: journalId,
      title: journal.title,
      description: '',
      createdAt: reduceTimes(
        Math.min,
        journal.entries.map((entry) => entry.createdAt),
      ),
      clientUpdatedAt: reduceTimes(
        Math.max,
        journal.entries.map((entry) => entry.modifiedAt),
      ),
    });
    const entries = journal.entries.flatMap((entry) => {
      const id = uuidV5(userId, entry.uuid);
      const source = `entry ${entry.uuid}`;
      const times = { createdAt: entry.createdAt, clientUpdatedAt: entry.modifiedAt };
      return [
        mutation(source, 'saveContent', { id, type: 'TEXT', content: entry.text, ...times }),
        mutation(source, 'linkContent', { journalId, contentId: id, ...times }),
      ];
    });
    return [save, ...entries];
  });
}

/** What differs between two sets of rows: missing, unexpected, and each field of `expected` with another value. */
export function differences(expected: Map<string, Body>, actual: Map<string, Body>): string[] {
  const found: string[] = [];
  for (const [key, row] of expected) {
    const other = actual.get(key);
    if (!other) found.push(`${key} is missing`);
    else found.push(...differingFields(row, other).map((field) => `${key}: ${field} differs`));
  }
  for (const key of actual.keys()) if (!expected.has(key)) found.push(`${key} is unexpected`);
  return found;
}

/** The fields of `expected` that have another value in `actual`. */
export function differingFields(expected: Body, actual: Partial<Body>): string[] {
  return Object.keys(expected).filter((field) => expected[field] !== actual[field]);
}

// The format gives a journal no times of its own; an empty one gets 1970.
function reduceTimes(choose: (a: number, b: number) => number, times: number[]): number {
  return times.length === 0 ? 0 : times.reduce((a, b) => choose(a, b));
}

function mutation(source: string, verb: Verb, body: Body): Mutation {
  return { mutationId: randomUUID(), verb, body, source };
}

/** A uuid made from a namespace and a name (RFC 9562, version 5): the same two always give the same one. */
export function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name);
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
