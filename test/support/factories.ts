/** Mutations as a device makes them; what a test does not care about is filled in. */
import { randomUUID } from 'node:crypto';

type Fields = Record<string, unknown>;

export const saveJournal = (fields: Fields = {}) => ({
  saveJournal: { id: randomUUID(), title: 'Garden', createdAt: 1_000, mutationId: randomUUID(), ...fields },
});

export const deleteJournal = (id: string, fields: Fields = {}) => ({
  deleteJournal: { id, mutationId: randomUUID(), ...fields },
});

export const saveContent = (fields: Fields = {}) => ({
  saveContent: {
    id: randomUUID(),
    type: 'TEXT',
    content: 'It rained.',
    createdAt: 1_000,
    mutationId: randomUUID(),
    ...fields,
  },
});

export const deleteContent = (id: string, fields: Fields = {}) => ({
  deleteContent: { id, mutationId: randomUUID(), ...fields },
});

export const linkContent = (fields: Fields = {}) => ({
  linkContent: {
    journalId: randomUUID(),
    contentId: randomUUID(),
    createdAt: 1_000,
    mutationId: randomUUID(),
    ...fields,
  },
});

export const unlinkContent = (journalId: string, contentId: string, fields: Fields = {}) => ({
  unlinkContent: { journalId, contentId, mutationId: randomUUID(), ...fields },
});
