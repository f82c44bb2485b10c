import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { PubSub } from 'graphql-subscriptions';
import { Notifications } from '../database/notifications.js';
import { SyncedRows, type Written } from '../sync/synced-rows.js';

const CHANNEL = 'pokes';

/** Carries the news that a user wrote something to the devices of that user, at whatever server process they listen. */
@Injectable()
export class Pokes implements OnModuleInit {
  private readonly log = new Logger('Pokes');
  private readonly subscribers = new PubSub();

  constructor(
    private readonly rows: SyncedRows,
    private readonly notifications: Notifications,
  ) {}

  onModuleInit(): void {
    this.notifications.listen(CHANNEL, (message) => {
      const written = JSON.parse(message) as Written;
      this.subscribers.publish(written.userId, written).catch((error: unknown) => this.log.warn(String(error)));
    });
    this.rows.written.subscribe((written) => {
      // A lost poke costs only time: a device that hears nothing still polls.
      this.notifications.send(CHANNEL, JSON.stringify(written)).catch((error: unknown) => this.log.warn(String(error)));
    });
  }

  /** The writes of one user, from now on. */
  of(userId: string): AsyncIterableIterator<Written> {
    return this.subscribers.asyncIterableIterator<Written>(userId);
  }
}
