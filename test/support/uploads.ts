/** Photos and recordings as a device sends them: with a GraphQL multipart request, in pieces by tus, or broken. */
import { createHash, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Answer, Device, GraphQLError } from './device.js';

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const COMMON = {
  contentId: '',
  fileName: 'beans.jpg',
  mimeType: 'image/jpeg',
  createdAt: 1_000,
};

/** Input of `uploadMedia`; what a test does not care about is filled in. */
export const mediaInput = (fields: Record<string, unknown> = {}) => ({
  ...COMMON,
  id: randomUUID(),
  contentId: randomUUID(),
  ...fields,
});

/** Input of `createMediaUpload` for these bytes. */
export const uploadInput = (bytes: Uint8Array, fields: Record<string, unknown> = {}) => ({
  ...mediaInput(),
  sizeBytes: bytes.length,
  sha256: sha256Of(bytes),
  ...fields,
});

/** A file that begins as a PNG does, so that its type can be told; the rest is filler. */
export function pngOf(size: number, filler: Uint8Array | string = randomUUID()): Buffer {
  const bytes = Buffer.alloc(size, filler);
  Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001080600000000000000', 'hex').copy(bytes);
  return bytes;
}

export const MEDIA_FIELDS = `id contentId fileName mimeType sizeBytes sha256 status downloadUrl deviceId mutationId serverVersion updatedAt createdAt`;

export const UPLOAD = `mutation ($input: UploadMediaInput!, $file: Upload!) {
  uploadMedia(input: $input, file: $file) { ${MEDIA_FIELDS} }
}`;

const CREATE = `mutation ($input: CreateMediaUploadInput!) {
  createMediaUpload(input: $input) { method url expiresAt partSize parts { number } media { ${MEDIA_FIELDS} } }
}`;

const COMPLETE = `mutation ($id: ID!) { completeMediaUpload(id: $id) { ${MEDIA_FIELDS} } }`;

export interface MediaRow {
  id: string;
  contentId: string;
  fileName: string;
  mimeType: string;
  sizeBytes: number;
  sha256: string;
  status: 'PENDING' | 'READY';
  downloadUrl: string | null;
  mutationId: string;
  serverVersion: number;
  updatedAt: number;
}

export interface UploadAnswer {
  method: 'TUS' | 'SIGNED' | 'ALREADY_STORED';
  url: string | null;
  media: MediaRow;
}

export const bearer = (device: Device): Record<string, string> => ({
  authorization: `Bearer ${device.tokens.accessToken}`,
});

/** `uploadMedia` by fetch, as a browser sends it. */
export async function upload(
  device: Device,
  bytes: Uint8Array,
  input: object = mediaInput(),
  headers: Record<string, string> = bearer(device),
): Promise<Answer<{ uploadMedia: MediaRow }>> {
  const form = new FormData();
  form.append('operations', JSON.stringify({ query: UPLOAD, variables: { input, file: null } }));
  form.append('map', JSON.stringify({ file: ['variables.file'] }));
  form.append('file', new Blob([bytes]), 'beans.jpg');
  const response = await fetch(`${device.url}/graphql`, {
    method: 'POST',
    headers: { 'apollo-require-preflight': '1', ...headers },
    body: form,
  });
  const body = (await response.json()) as { data: { uploadMedia: MediaRow }; errors?: GraphQLError[] };
  return { status: response.status, headers: Object.fromEntries(response.headers), ...body };
}

/** As `upload`, for what must succeed. */
export async function stored(
  device: Device,
  bytes: Uint8Array,
  fields: Record<string, unknown> = {},
): Promise<MediaRow> {
  const { data, errors } = await upload(device, bytes, mediaInput(fields));
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
  return data.uploadMedia;
}

export const createUpload = (device: Device, input: object): Promise<Answer<{ createMediaUpload: UploadAnswer }>> =>
  device.send(CREATE, { input });

export const completeUpload = (device: Device, id: string): Promise<Answer<{ completeMediaUpload: MediaRow }>> =>
  device.send(COMPLETE, { id });

/** A request of tus 1.0 about one upload. */
export function tus(device: Device, method: string, id: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${device.url}/media/uploads${id && `/${id}`}`, {
    ...init,
    method,
    headers: { 'tus-resumable': '1.0.0', ...bearer(device), ...(init.headers as Record<string, string>) },
  });
}

/** Sends bytes of an upload from `offset` on. */
export function patch(device: Device, id: string, bytes: Uint8Array, offset = 0): Promise<Response> {
  const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) };
  return tus(device, 'PATCH', id, { headers, body: bytes });
}

/** A row that waits for these bytes, none of which were sent. */
export async function pending(
  device: Device,
  bytes: Uint8Array,
  fields: Record<string, unknown> = {},
): Promise<MediaRow> {
  const { data, errors } = await createUpload(device, uploadInput(bytes, fields));
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
  return data.createMediaUpload.media;
}

/** The body of a multipart request in pieces, for senders that do as they like: before, within and behind the file. */
export function multipart(input: object): { type: string; before: string; behind: string } {
  const boundary = 'the-boundary';
  const field = (name: string, value: unknown): string =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${JSON.stringify(value)}\r\n`;
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    before:
      field('operations', { query: UPLOAD, variables: { input, file: null } }) +
      field('map', { file: ['variables.file'] }) +
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a"\r\ncontent-type: image/png\r\n\r\n`,
    behind: `\r\n--${boundary}--\r\n`,
  };
}

/** A multipart request whose body the caller writes; without a length it goes in chunks. */
export function openUpload(
  device: Device,
  type: string,
  { headers = {}, agent }: { headers?: Record<string, string>; agent?: Agent } = {},
): { sending: ClientRequest; answer: Promise<Answer & { socket: unknown }> } {
  const sending = request(`${device.url}/graphql`, {
    method: 'POST',
    agent,
    headers: { 'content-type': type, 'apollo-require-preflight': '1', ...bearer(device), ...headers },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sending.once('response', resolve).once('error', reject);
  }).then(async (response) => ({
    status: response.statusCode ?? 0,
    headers: response.headers as Record<string, string>,
    socket: response.socket,
    ...(JSON.parse(await text(response)) as { data: unknown; errors?: GraphQLError[] }),
  }));
  answer.catch(() => undefined);
  return { sending, answer };
}

/** Every file below these folders of a server's DATA_DIR. */
export async function filesIn(dataDir: string, ...folders: string[]): Promise<string[]> {
  const names: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(join(dataDir, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    names.push(...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)));
  }
  return names;
}

/** The bytes of a photo as a device reads them, or some of them. */
export function download(
  device: Device,
  id: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Response> {
  return fetch(`${device.url}/sync/media/${id}`, { method, headers: { ...bearer(device), ...headers } });
}

export const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());
