/**
 * A transaction of the test's own that holds something a write of the server needs, so that a race goes in the order
 * that the test wants, every time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';

const WAIT_MS = 10_000;
const POLL_MS = 2;

export class HeldTransaction {
  private constructor(private readonly client: pg.Client) {}

  /** Holds the user's clock: every writer of this user waits before it has taken a stamp. */
  static async onClock(client: pg.Client, userId: string): Promise<HeldTransaction> {
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM user_clock WHERE user_id = $1 FOR UPDATE', [userId]);
    return new HeldTransaction(client);
  }

  /**
   * Holds the place of one mutation's receipt: the server's write of this mutation, and no other, waits after it has
   * taken its stamp and written its row, before its commit.
   */
  static async onReceipt(client: pg.Client, userId: string, mutationId: string): Promise<HeldTransaction> {
    await client.query('BEGIN');
    await client.query(`INSERT INTO mutations VALUES ($1, $2, 'held', 'held', 0, 0, '')`, [userId, mutationId]);
    return new HeldTransaction(client);
  }

  /** Holds what a statement locks: `SELECT … FOR UPDATE`, `LOCK TABLE …`. */
  static async by(client: pg.Client, statement: string, values: unknown[] = []): Promise<HeldTransaction> {
    await client.query('BEGIN');
    await client.query(statement, values);
    return new HeldTransaction(client);
  }

  /** Gives back what was held and leaves nothing behind. */
  async release(): Promise<void> {
    await this.client.query('ROLLBACK');
  }
}

/**
 * Waits until `count` sessions of this database wait for a lock, or until `orDone` is settled: a server without the
 * lock that is looked for lets its writers through, and the test then shows what became of them.
 */
export async function untilWaiting(client: pg.Client, count: number, orDone: Promise<unknown>): Promise<void> {
  let isDone = false;
  const settle = (): void => void (isDone = true);
  orDone.then(settle, settle);
  for (const deadline = Date.now() + WAIT_MS; !isDone; await delay(POLL_MS)) {
    const { rows } = await client.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows[0]?.waiting === count) return;
    if (Date.now() > deadline) throw new Error(`${rows[0]?.waiting} sessions wait for a lock, not ${count}`);
  }
}
