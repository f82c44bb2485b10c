import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.js';
import { CONFIG, type Config } from '../config.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import type { Media } from '../media/media.entity.js';
import { MediaUploads, type ArrivingMedia } from '../media/media-uploads.js';
import { check } from './body.js';
import { uploadedMediaOf, type UploadedMedia } from './media-answers.js';
import { bytesOf, MediaFields } from './media-bodies.js';
import { readMediaForm } from './media-form.js';
import { mediaIdOf } from './media-id.js';
import { deviceIn } from './written-version.js';

/** Takes in photos, films and recordings that come with the request, as a form or as JSON. */
@Injectable()
export class RestMedia {
  constructor(
    private readonly uploads: MediaUploads,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws ApiError TOO_LARGE, QUOTA_EXCEEDED, DIGEST_MISMATCH, CONFLICT where the row is there with other bytes */
  async upload(caller: Caller, request: FastifyRequest): Promise<UploadedMedia> {
    const isForm = request.headers['content-type']?.startsWith('multipart/form-data') === true;
    const media = isForm ? await this.takeForm(caller, request) : await this.takeJson(caller, request.body);
    return uploadedMediaOf(this.config, media);
  }

  private async takeForm(caller: Caller, { raw }: FastifyRequest): Promise<Media> {
    const form = await readMediaForm(raw);
    try {
      // What stands before the file is believed early, so that too large a one is refused before it has arrived.
      const sizeBytes = numberIn(form.fields['sizeBytes']);
      const early = typeof sizeBytes === 'number' && Number.isSafeInteger(sizeBytes) ? { sizeBytes } : {};
      return await this.uploads.takeIn(caller, early, form.file, async ({ sha256 }) => {
        await form.ended;
        return describe(caller, { ...form.fields, sizeBytes: numberIn(form.fields['sizeBytes']) }, sha256);
      });
    } finally {
      form.stop();
    }
  }

  private async takeJson(caller: Caller, body: unknown): Promise<Media> {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new ApiError(ErrorCode.BAD_USER_INPUT, 'The body must be a JSON object or a form', { fields: ['body'] });
    }
    // Taken out first: as many numbers as a picture has bytes are not to be looked at as fields.
    const { data, ...fields } = body as Record<string, unknown>;
    const { sizeBytes } = await check(MediaFields, fields);
    const bytes = bytesOf(data);
    return this.uploads.takeIn(caller, { sizeBytes: sizeBytes ?? null }, inOnePiece(bytes), ({ sha256 }) =>
      describe(caller, fields, sha256),
    );
  }
}

/** The row, when the digest of its bytes is known. */
async function describe(caller: Caller, fields: object, sha256: string): Promise<ArrivingMedia> {
  const { mediaId, contentId, fileName, mimeType, sizeBytes, deviceId } = await check(MediaFields, fields);
  const id = mediaId ?? mediaIdOf(caller.id, { contentId, sha256, fileName });
  return {
    id,
    contentId,
    fileName,
    mimeType,
    sizeBytes: sizeBytes ?? null,
    ...deviceIn({ deviceId: deviceId ?? null }),
  };
}

/** A number of a form, which knows only text; anything else as it is, for the check of the fields. */
function numberIn(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : text;
}

async function* inOnePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
