/** Bodies as apps send them; what a test does not care about is filled in. */
import { randomUUID } from 'node:crypto';

type Fields = Record<string, unknown>;

/** An entry for `POST /sync/content`, without any property that has a default. */
export const entry = (fields: Fields = {}) => ({
  id: randomUUID(),
  type: 'TEXT',
  content: 'It rained.',
  mediaUri: null,
  createdAt: 1_000,
  lastUpdated: 2_000,
  ...fields,
});

/** A journal for `POST /sync/journals`, without any property that has a default. */
export const journal = (fields: Fields = {}) => ({
  id: randomUUID(),
  title: 'Garden',
  description: 'What grows',
  createdAt: 1_000,
  lastUpdated: 2_000,
  ...fields,
});

/** A link for `POST /sync/associations`, without any property that has a default. */
export const link = (fields: Fields = {}) => ({
  journalId: randomUUID(),
  contentId: randomUUID(),
  createdAt: 1_000,
  ...fields,
});

/** A photo for `POST /sync/media` as JSON, its bytes in base64. */
export const photo = (bytes: Uint8Array, fields: Fields = {}) => ({
  contentId: randomUUID(),
  fileName: 'beans.jpg',
  mimeType: 'image/png',
  sizeBytes: bytes.length,
  deviceId: 'camera',
  data: Buffer.from(bytes).toString('base64'),
  ...fields,
});

/** The same photo as a multipart form, its bytes in the file part `data`. */
export function photoForm(bytes: Uint8Array, fields: Fields = {}): FormData {
  const { data: _, ...parts } = photo(bytes, fields);
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) if (value !== undefined) form.append(name, String(value));
  form.append('data', new Blob([bytes]), String(parts.fileName));
  return form;
}
