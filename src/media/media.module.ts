import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MediaCheck } from './media-check.js';
import { MediaDownloads } from './media-downloads.js';
import { MediaSweep } from './media-sweep.js';
import { MediaUploads } from './media-uploads.js';
import { MediaUsage } from './media-usage.js';
import { Media } from './media.entity.js';
import { MediaResolver } from './media.resolver.js';
import { SignedUploadRecord } from './signed-upload.entity.js';
import { SignedUploads } from './signed-uploads.js';
import { StoredMedia } from './stored-media.js';
import { TusController } from './tus.controller.js';
import { TusUploads } from './tus-uploads.js';

@Module({
  imports: [TypeOrmModule.forFeature([Media, SignedUploadRecord])],
  controllers: [TusController],
  providers: [
    MediaResolver,
    MediaUploads,
    MediaDownloads,
    MediaUsage,
    MediaCheck,
    MediaSweep,
    SignedUploads,
    StoredMedia,
    TusUploads,
  ],
  exports: [MediaUploads, MediaDownloads, MediaUsage],
})
export class MediaModule {}
