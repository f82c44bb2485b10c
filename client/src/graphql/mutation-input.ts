// A frozen mutation as it goes over the line: the same mutation is the same bytes, however often it is sent.
import { RESOURCES } from '../resources.js';
import { TransportError, type FrozenMutation } from '../transport.js';
import type { MutationInput } from './operations.js';

/** Bytes that the mutations of one push may have together; the rest of the 4 MiB is for what surrounds them. */
export const PUSH_BYTES = 4 * 1024 * 1024 - 4096;

/** The bytes that a mutation takes of PUSH_BYTES. */
export function mutationBytes(mutation: FrozenMutation): number {
  return new TextEncoder().encode(JSON.stringify(mutationInput(mutation))).length + 1;
}

/** @throws TransportError BAD_USER_INPUT for what no push can carry: the media queue alone makes media rows */
export function mutationInput({ type, id, op, body, ...mutation }: FrozenMutation): MutationInput {
  const { mutationId, clientUpdatedAt, version } = mutation;
  const { save, remove, fields } = RESOURCES[type];
  const isDelete = op === 'DELETE';
  const verb = isDelete ? remove : save;
  if (verb === null) throw new TransportError('BAD_USER_INPUT', 'A media row is made by its upload, not by a push');
  // Each field by name: the order of a stored body's fields is the store's. What is missing is not sent, and the server
  // names it.
  const written = isDelete ? [] : fields.map((field) => [field, body?.[field]] as const);
  const [journalId, contentId] = id.split(':');
  const key = type === 'association' ? { journalId, contentId } : { id };
  return { [verb]: { mutationId, clientUpdatedAt, version, ...Object.fromEntries(written), ...key } };
}
