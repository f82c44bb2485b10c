import { Module } from '@nestjs/common';
import { MediaModule } from '../media/media.module.js';
import { AssociationsSyncController } from './associations-sync.controller.js';
import { AssociationsController } from './associations.controller.js';
import { ContentSyncController } from './content-sync.controller.js';
import { ContentsController } from './contents.controller.js';
import { JournalSyncController } from './journal-sync.controller.js';
import { JournalsController } from './journals.controller.js';
import { MediaSyncController } from './media-sync.controller.js';
import { MediaController } from './media.controller.js';
import { RestFeeds } from './rest-feeds.js';
import { RestLinks } from './rest-links.js';
import { RestMedia } from './rest-media.js';
import { RestStatus } from './rest-status.js';
import { StatusController } from './status.controller.js';

/** The REST face: what LogDate's own apps and `curl` speak, over the same services as GraphQL. */
@Module({
  imports: [MediaModule],
  controllers: [
    ContentSyncController,
    ContentsController,
    JournalSyncController,
    JournalsController,
    AssociationsSyncController,
    AssociationsController,
    MediaSyncController,
    MediaController,
    StatusController,
  ],
  providers: [RestFeeds, RestLinks, RestMedia, RestStatus],
})
export class RestModule {}
