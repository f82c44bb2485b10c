import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { CONFIG, type Config } from '../config.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';

const WINDOW_SECONDS = 15 * 60;

/** Failures of one account or of one address, and the attempts that may yet become failures. */
interface Count {
  failures: RateLimiterMemory;
  underWay: Map<string, Set<Promise<void>>>;
  key: string;
}

/** Makes guessing of passwords slow: failures are counted for each account and for each address, in this process. */
@Injectable()
export class SignInThrottle {
  private readonly byAccount: Omit<Count, 'key'>;
  private readonly byAddress: Omit<Count, 'key'>;

  constructor(@Inject(CONFIG) config: Config) {
    const countUpTo = (points: number): Omit<Count, 'key'> => ({
      failures: new RateLimiterMemory({ points, duration: WINDOW_SECONDS }),
      underWay: new Map(),
    });
    this.byAccount = countUpTo(config.failedSignIns);
    this.byAddress = countUpTo(config.failedSignInsPerAddress);
  }

  /**
   * Runs one attempt, which answers null when it fails.
   * @throws ApiError RATE_LIMITED while the account or the address has to wait
   */
  async attempt<T>(account: string, address: string, check: () => Promise<T | null>): Promise<T | null> {
    const counts = [
      { ...this.byAccount, key: account },
      { ...this.byAddress, key: address },
    ];
    const leave = await enter(counts);
    try {
      const result = await check();
      if (result === null) await Promise.all(counts.map(({ failures, key }) => failures.penalty(key)));
      else await this.byAccount.failures.delete(account);
      return result;
    } finally {
      leave();
    }
  }
}

/** Admits an attempt. While those under way could use up the count, if they all failed, the next one waits for them. */
async function enter(counts: Count[]): Promise<() => void> {
  for (;;) {
    const states = await Promise.all(counts.map(({ failures, key }) => failures.get(key)));
    const waits = states.filter((state) => state !== null && state.remainingPoints <= 0);
    if (waits.length > 0) {
      const retryAfter = Math.ceil(Math.max(...waits.map((state) => state?.msBeforeNext ?? 0)) / 1000);
      throw new ApiError(ErrorCode.RATE_LIMITED, `Too many failed attempts: try again in ${retryAfter} s`, {
        retryAfter,
      });
    }
    const crowded = counts
      .filter((count, index) => othersOf(count).size >= (states[index]?.remainingPoints ?? count.failures.points))
      .flatMap((count) => [...othersOf(count)]);
    if (crowded.length === 0) return join(counts);
    await Promise.race(crowded);
  }
}

function join(counts: Count[]): () => void {
  let leave: () => void = () => undefined;
  const attempt = new Promise<void>((resolve) => (leave = resolve));
  for (const count of counts) count.underWay.set(count.key, othersOf(count).add(attempt));
  return () => {
    for (const count of counts) {
      const attempts = othersOf(count);
      attempts.delete(attempt);
      if (attempts.size === 0) count.underWay.delete(count.key);
    }
    leave();
  };
}

function othersOf({ underWay, key }: Count): Set<Promise<void>> {
  return underWay.get(key) ?? new Set();
}
