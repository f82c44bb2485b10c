import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { CONFIG, type Config } from '../config.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';

const WINDOW_SECONDS = 15 * 60;

/** Makes guessing of passwords slow: failures are counted for each account and for each address, in this process. */
@Injectable()
export class SignInThrottle {
  private readonly byAccount: RateLimiterMemory;
  private readonly byAddress: RateLimiterMemory;

  constructor(@Inject(CONFIG) config: Config) {
    this.byAccount = new RateLimiterMemory({ points: config.failedSignIns, duration: WINDOW_SECONDS });
    this.byAddress = new RateLimiterMemory({ points: config.failedSignInsPerAddress, duration: WINDOW_SECONDS });
  }

  /** @throws ApiError RATE_LIMITED while the account or the address has to wait */
  async admit(account: string, address: string): Promise<void> {
    const counts = await Promise.all([this.byAccount.get(account), this.byAddress.get(address)]);
    const full = counts.filter((count): count is RateLimiterRes => count !== null && count.remainingPoints <= 0);
    if (full.length === 0) return;
    const retryAfter = Math.ceil(Math.max(...full.map((count) => count.msBeforeNext)) / 1000);
    throw new ApiError(ErrorCode.RATE_LIMITED, `Too many failed attempts: try again in ${retryAfter} s`, {
      retryAfter,
    });
  }

  async recordFailure(account: string, address: string): Promise<void> {
    await Promise.all([this.byAccount.penalty(account), this.byAddress.penalty(address)]);
  }

  async recordSuccess(account: string): Promise<void> {
    await this.byAccount.delete(account);
  }
}
