/** Uploads by tus-js-client, which knows nothing of this server. */
import { Upload, type UploadOptions } from 'tus-js-client';
import type { Device } from './device.js';
import { bearer } from './uploads.js';

/** A patient client: it goes on after each break, as long as some of it arrives now and then. */
const RETRY_DELAYS = [0, 20, 50, 100, 200, 500, 1000, 1000, 2000, 2000, 5000, 5000];

/** @returns the URL of the upload, once everything has been sent */
export function sendByTus(device: Device, file: Upload['file'], options: UploadOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      headers: bearer(device),
      retryDelays: RETRY_DELAYS,
      onSuccess: () => resolve(upload.url ?? ''),
      onError: reject,
      ...options,
    });
    upload.start();
  });
}
