// A frozen mutation as it goes over the line: the same mutation is the same bytes, however often it is sent.
import type { AssociationBody, ContentBody, JournalBody } from '../resources.js';
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
  // Each field by name: the order of a stored body's fields is the store's.
  const { mutationId, clientUpdatedAt, version } = mutation;
  const write = { mutationId, clientUpdatedAt, version };
  if (op === 'DELETE') return deletion(type, id, write);
  // What is missing is not sent, and the server names it.
  const fields: unknown = body ?? {};
  switch (type) {
    case 'journal': {
      const { title, description, createdAt } = fields as JournalBody;
      return { saveJournal: { ...write, id, title, description, createdAt } };
    }
    case 'content': {
      const { type: contentType, content, mediaUri, durationMs, createdAt } = fields as ContentBody;
      return { saveContent: { ...write, id, type: contentType, content, mediaUri, durationMs, createdAt } };
    }
    case 'association': {
      const { createdAt } = fields as AssociationBody;
      return { linkContent: { ...write, ...endsOf(id), createdAt } };
    }
    case 'media':
      throw new TransportError('BAD_USER_INPUT', 'A media row is made by its upload, not by a push');
  }
}

function deletion(
  type: FrozenMutation['type'],
  id: string,
  write: Pick<FrozenMutation, 'mutationId' | 'clientUpdatedAt' | 'version'>,
): MutationInput {
  switch (type) {
    case 'journal':
      return { deleteJournal: { ...write, id } };
    case 'content':
      return { deleteContent: { ...write, id } };
    case 'association':
      return { unlinkContent: { ...write, ...endsOf(id) } };
    case 'media':
      return { deleteMedia: { ...write, id } };
  }
}

/** The two ends in the id of a link. */
function endsOf(id: string): { journalId: string; contentId: string } {
  const [journalId = '', contentId = ''] = id.split(':');
  return { journalId, contentId };
}
