import { Inject, Injectable } from '@nestjs/common';
import { Association } from '../associations/association.entity.js';
import { CONFIG, type Config } from '../config.js';
import { Content } from '../content/content.entity.js';
import { Journal } from '../journals/journal.entity.js';
import { MediaUsage } from '../media/media-usage.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { NEWER_MOUNT } from './rest-controller.js';
import type { Quota, ServerAnswer, SyncStatusAnswer } from './status-answers.js';

/** What apps ask about an account and about the server. */
@Injectable()
export class RestStatus {
  constructor(
    private readonly rows: SyncedRows,
    private readonly media: MediaUsage,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async counts(userId: string): Promise<SyncStatusAnswer> {
    const { ms } = await this.rows.clock(userId);
    const { mediaCount, pendingUploads } = await this.media.of(userId);
    const data = {
      contentCount: await this.rows.count(Content, userId),
      journalCount: await this.rows.count(Journal, userId),
      associationCount: await this.rows.count(Association, userId),
      mediaCount,
      pendingUploads,
      lastTimestamp: ms,
    };
    return { data, timestamp: Date.now() };
  }

  async quota(userId: string): Promise<Quota> {
    const { storageBytes } = await this.media.of(userId);
    return { totalBytes: this.config.userBytes, usedBytes: storageBytes, categories: [] };
  }

  server(): ServerAnswer {
    const { publicUrl } = this.config;
    return {
      success: true,
      data: {
        serverOrigin: publicUrl,
        apiBaseUrl: `${publicUrl}/${NEWER_MOUNT}`,
        apiVersion: 'v1',
        deploymentKind: 'SELF_HOSTED',
        displayName: 'LogDate Cloud',
        capabilities: ['SYNC_CONTENT', 'SYNC_MEDIA'],
        protocolFeatures: [],
      },
    };
  }
}
