import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { RESTORABLE_MS } from './judge.js';
import { allResources } from './resource.js';
import { tableOf } from './table.js';

/** Clears the bodies of rows that were deleted over 30 days ago; id and stamp stay for ever. */
@Injectable()
export class BodySweep {
  private readonly log = new Logger('BodySweep');

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  @Cron(CronExpression.EVERY_HOUR)
  async sweep(now: number = Date.now()): Promise<number> {
    let cleared = 0;
    for (const resource of allResources()) {
      if (!this.database.hasMetadata(resource.entity)) continue;
      cleared += await tableOf(this.database, resource).clearBodies(this.database, now - RESTORABLE_MS);
    }
    if (cleared > 0) this.log.log(`Cleared ${cleared} bodies of rows deleted over 30 days ago`);
    return cleared;
  }
}
