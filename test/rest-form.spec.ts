/** A form as it comes over the wire, piece by piece. */
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../src/auth/caller.js';
import type { Config } from '../src/config.js';
import type { ArrivingMedia, MediaUploads } from '../src/media/media-uploads.js';
import type { Media } from '../src/media/media.entity.js';
import { RestMedia } from '../src/rest/rest-media.js';

const CALLER: Caller = { id: '0d1f2a7e-63d4-4f0c-8a3c-7f1f5b0f6a21', deviceId: 'a', sessionId: 's', expiresAt: 0 };
const FILE = '--x\r\ncontent-disposition: form-data; name="data"; filename="a"\r\n\r\nthe bytes\r\n--x';
const fieldOf = (name: string, value: string): string =>
  `\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--x`;

it('fields that arrive after the file has been read to its end are waited for', async () => {
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const raw = Object.assign(new PassThrough(), { headers }) as unknown as IncomingMessage & PassThrough;
  let arrived: Buffer | undefined;
  let described: ArrivingMedia | undefined;
  const uploads: Pick<MediaUploads, 'takeIn'> = {
    async takeIn(_, __, file, describe) {
      arrived = await buffer(file);
      const description = describe({ path: '', size: 9, sha256: 'ab', head: arrived });
      raw.end(`${fieldOf('contentId', 'c')}${fieldOf('fileName', 'n')}${fieldOf('mimeType', 't')}--\r\n`);
      described = await description;
      return { ...described, updatedAt: 1 } as unknown as Media;
    },
  };
  raw.write(FILE);
  const media = new RestMedia(uploads as MediaUploads, { publicUrl: '' } as Config);
  await media.upload(CALLER, { raw, headers } as unknown as FastifyRequest);
  expect(arrived?.toString()).toBe('the bytes');
  expect(described).toMatchObject({ contentId: 'c', fileName: 'n', mimeType: 't' });
});
