/** The protocol's rules for one mutation, section 3: read and judged apart from the server's own code. */
import { RESOURCES, sameBody, type RemoteRow } from '../../client/src/resources.js';
import type { ErrorCode, FrozenMutation } from '../../client/src/transport.js';

/** A row as the model keeps it: a tombstone remembers its body, which no feed shows. */
export type StoredRow = RemoteRow;

export interface Limits {
  /** Of the text of an entry. */
  textBytes: number;
  /** Of a whole push. */
  requestBytes: number;
}

/** `write` it, it is there `already` (applied, nothing to write), or `conflict`. */
export type Verdict = 'write' | 'already' | 'conflict';

/** The table of the protocol: constraint against the row as it is now. */
export function verdictOn(mutation: FrozenMutation, current: StoredRow | undefined): Verdict {
  const { op, version } = mutation;
  if (op === 'DELETE' && current?.status === 'deleted') return 'already';
  if ('absent' in version) {
    if (current === undefined) return 'write';
    const isSame = op === 'UPSERT' && current.status === 'live' && sameBody(mutation.type, current.body, mutation.body);
    return isSame ? 'already' : 'conflict';
  }
  if ('known' in version) {
    if (current === undefined) return 'conflict';
    return current.version !== version.known ? 'conflict' : 'write';
  }
  return 'write';
}

/** What a receipt remembers of a mutation: all it says, without who says it. */
export function payloadOf({ type, id, op, body, clientUpdatedAt, version }: FrozenMutation): string {
  const words = body && [...RESOURCES[type].fields].map((field) => body[field] ?? null);
  return JSON.stringify([type, id, op, words, clientUpdatedAt, version]);
}

export interface Rejection {
  code: ErrorCode;
  message: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CHARACTERS: Readonly<Record<string, number>> = { title: 500, description: 10_000, mediaUri: 2_048 };

/** Why a mutation is refused by itself, whatever the server holds. */
export function rejectionOf(mutation: FrozenMutation, limits: Limits): Rejection | undefined {
  const faults = new Map<string, ErrorCode>();
  if (!UUID.test(mutation.mutationId)) faults.set('mutationId', 'BAD_USER_INPUT');
  for (const id of mutation.id.split(':')) if (!UUID.test(id)) faults.set('id', 'BAD_USER_INPUT');
  for (const [field, value] of Object.entries(mutation.body ?? {})) {
    if (field === 'durationMs' && Number(value) < 0) faults.set(field, 'BAD_USER_INPUT');
    if (typeof value !== 'string') continue;
    if (value.includes('\0') || !value.isWellFormed() || [...value].length > (CHARACTERS[field] ?? Infinity)) {
      faults.set(field, 'BAD_USER_INPUT');
    } else if (field === 'content' && Buffer.byteLength(value) > limits.textBytes) faults.set(field, 'TOO_LARGE');
  }
  if (faults.size === 0) return undefined;
  const [first = 'BAD_USER_INPUT'] = faults.values();
  return {
    code: faults.size === 1 ? first : 'BAD_USER_INPUT',
    message: [...faults.keys()].map((field) => `${field} must be otherwise`).join('; '),
  };
}

const CONTENT_TYPES: readonly unknown[] = ['TEXT', 'IMAGE', 'VIDEO', 'AUDIO'];

/** What GraphQL would not let in, and so fails the whole request: a value of another type than the schema's. */
export function isMistyped({ type, op, body, version, clientUpdatedAt }: FrozenMutation): boolean {
  if (!Number.isSafeInteger(clientUpdatedAt)) return true;
  if ('known' in version && !(Number.isSafeInteger(version.known) && version.known > 0)) return true;
  if (op === 'DELETE') return false;
  if (body === null || !Number.isSafeInteger(body['createdAt'])) return true;
  if (type === 'journal') return typeof body['title'] !== 'string' || typeof body['description'] !== 'string';
  return type === 'content' && (!CONTENT_TYPES.includes(body['type']) || !Number.isSafeInteger(body['durationMs']));
}
