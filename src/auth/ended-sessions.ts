import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Subject } from 'rxjs';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { Notifications } from '../database/notifications.js';

const CHANNEL = 'ended_sessions';

/**
 * Sessions that ended while access tokens of theirs may still run: a signed-out token is refused at once, by every
 * server process, without a look into the database for each request.
 */
@Injectable()
export class EndedSessions implements OnModuleInit {
  /** Told the id of each session that ends, whichever process ended it. */
  readonly ended = new Subject<string>();
  private readonly endedAt = new Map<string, number>();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly notifications: Notifications,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    this.notifications.listen(CHANNEL, (sessionId) => this.add(sessionId));
    // What was said while nobody listened is read again, at start and whenever the connection comes back.
    this.notifications.onConnect(() => this.readRecent());
    await this.readRecent();
  }

  has(sessionId: string): boolean {
    return this.endedAt.has(sessionId);
  }

  /** Tells every process. Call it after the end of the session is committed. */
  async announce(sessionId: string): Promise<void> {
    this.add(sessionId);
    await this.notifications.send(CHANNEL, sessionId);
  }

  private add(sessionId: string): void {
    const now = Date.now();
    for (const [id, at] of this.endedAt) {
      if (at > now - this.config.accessTokenSeconds * 1000) break;
      this.endedAt.delete(id);
    }
    this.endedAt.set(sessionId, now);
    this.ended.next(sessionId);
  }

  private async readRecent(): Promise<void> {
    const rows = (await this.database.query('SELECT id FROM sessions WHERE signed_out AND ended_at > $1', [
      Date.now() - this.config.accessTokenSeconds * 1000,
    ])) as { id: string }[];
    for (const { id } of rows) this.add(id);
  }
}
