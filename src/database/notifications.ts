import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';

const RECONNECT_MS = 1000;

/**
 * Messages between server processes by PostgreSQL's LISTEN and NOTIFY, on a connection of its own. They are sent
 * after a commit, never in it: NOTIFY inside the write transaction more than halves what it can write.
 */
@Injectable()
export class Notifications implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('Notifications');
  private readonly listeners = new Map<string, (message: string) => void>();
  private readonly connectListeners: (() => Promise<void>)[] = [];
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.connect();
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.client?.end();
  }

  /** Calls back for each message on a channel, this process's own included. */
  listen(channel: string, listener: (message: string) => void): void {
    this.listeners.set(channel, listener);
    void this.client?.query(`LISTEN ${channel}`).catch(() => undefined);
  }

  /** Calls back whenever the connection is there again: messages may have been missed. */
  onConnect(listener: () => Promise<void>): void {
    this.connectListeners.push(listener);
  }

  /** Sends a message to every process. */
  async send(channel: string, message: string): Promise<void> {
    await this.database.query('SELECT pg_notify($1, $2)', [channel, message]);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.config.databaseUrl,
      application_name: 'logdate-cloud listener',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client.on('notification', ({ channel, payload }) => this.listeners.get(channel)?.(payload ?? ''));
    client.on('error', (error) => this.log.debug(error.message));
    client.on('end', () => this.reconnect(client));
    try {
      await client.connect();
      // Closed meanwhile: nobody else knows of this connection.
      if (this.isClosed) return await client.end();
      this.client = client;
      for (const channel of this.listeners.keys()) await client.query(`LISTEN ${channel}`);
      for (const listener of this.connectListeners) await listener();
    } catch (error) {
      this.log.warn(`No connection to listen on: ${String(error)}`);
      await client.end().catch(() => undefined);
      this.reconnect(client);
    }
  }

  private reconnect(lost: pg.Client): void {
    if (this.isClosed || (this.client !== undefined && this.client !== lost)) return;
    this.client = undefined;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), RECONNECT_MS);
  }
}
