import { join } from 'node:path';
import { Global, Logger, Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { BlobStore, BlobStoreUnavailableError } from './blob-store.js';
import { FileBlobStore } from './file-blob-store.js';
import { S3BlobStore } from './s3-blob-store.js';

const log = new Logger('Blobs');

/** Makes the store of the configuration injectable as `BlobStore`. */
@Global()
@Module({
  providers: [{ provide: BlobStore, inject: [CONFIG], useFactory: openBlobStore }],
  exports: [BlobStore],
})
export class BlobsModule {}

/** Does not wait for the store: text syncs without it, and a bucket that could not be made now is made by the first write. */
function openBlobStore(config: Config): BlobStore {
  const [store, prepared] = open(config);
  prepared.catch((error: unknown) => {
    const reason = error instanceof BlobStoreUnavailableError ? error.detail : String(error);
    log.warn(`Photos and recordings have to wait: ${reason}`);
  });
  return store;
}

function open(config: Config): [BlobStore, Promise<void>] {
  if (config.blobStore === 's3') {
    const store = new S3BlobStore(config);
    return [store, store.ensureBucket()];
  }
  const store = new FileBlobStore(join(config.dataDir, 'blobs'));
  return [store, store.removeLeftovers()];
}
