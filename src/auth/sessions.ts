import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { AccessTokens } from './access-tokens.js';
import { EndedSessions } from './ended-sessions.js';
import { SessionFamily } from './session.entity.js';
import type { Session } from './session.js';
import { User } from './user.entity.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const TOKEN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[\w-]{43}$/;

/**
 * Refresh tokens: opaque, stored as hashes, single use, one family for each device. A token is
 * `<family>.<secret>`, and its successor's secret is made from it and a stored salt: when the answer of a
 * refresh was lost, the predecessor gives the same successor again, however many tabs ask.
 */
@Injectable()
export class Sessions {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly accessTokens: AccessTokens,
    private readonly ended: EndedSessions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Opens a session; a former one of the same device can no longer be refreshed. */
  async open(user: User, device: { deviceId: string; deviceName?: string | null }): Promise<Session> {
    const now = Date.now();
    const family = this.database.getRepository(SessionFamily).create({
      id: randomUUID(),
      userId: user.id,
      deviceId: device.deviceId,
      deviceName: device.deviceName ?? null,
      predecessorHash: null,
      successorSalt: randomBytes(32),
      createdAt: now,
      lastUsedAt: now,
      endedAt: null,
      signedOut: false,
    });
    const refreshToken = `${family.id}.${randomBytes(32).toString('base64url')}`;
    family.tokenHash = hashOf(refreshToken);
    await this.database.transaction(async (transaction) => {
      // One sign-in after the other: of two at the same moment, the later one has to see the earlier one's family.
      await transaction.findOne(User, {
        where: { id: user.id },
        lock: { mode: 'for_no_key_update' },
        select: { id: true },
      });
      const former = { userId: user.id, deviceId: device.deviceId, endedAt: IsNull() };
      await transaction.update(SessionFamily, former, { endedAt: now });
      await transaction.insert(SessionFamily, family);
    });
    return this.answer(family, user, refreshToken);
  }

  /** @throws ApiError UNAUTHENTICATED for a token that is spent, unknown or of an ended session */
  async refresh(refreshToken: string): Promise<Session> {
    const { family, successor, reused } = await this.rotate(refreshToken);
    if (reused) await this.ended.announce(family.id);
    if (successor === undefined) {
      throw new ApiError(ErrorCode.UNAUTHENTICATED, 'This session has ended: sign in again');
    }
    const user = await this.database.getRepository(User).findOneByOrFail({ id: family.userId });
    return this.answer(family, user, successor);
  }

  /** Ends a session: its refresh token at once, its access tokens in every server process. */
  async end(sessionId: string): Promise<void> {
    await this.database
      .getRepository(SessionFamily)
      .update({ id: sessionId, endedAt: IsNull() }, { endedAt: Date.now(), signedOut: true });
    await this.ended.announce(sessionId);
  }

  /** One transaction under the family's row lock. A spent token ends the family: two holders, one of them a thief. */
  private rotate(refreshToken: string): Promise<{ family: SessionFamily; successor?: string; reused?: boolean }> {
    const presented = hashOf(refreshToken);
    return this.database.transaction(async (transaction) => {
      const id = TOKEN.exec(refreshToken)?.[1];
      const families = transaction.getRepository(SessionFamily);
      const family =
        id === undefined ? null : await families.findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
      if (family === null)
        throw new ApiError(ErrorCode.UNAUTHENTICATED, 'This refresh token is not known: sign in again');

      const now = Date.now();
      const hasRunOut = family.lastUsedAt < now - this.config.refreshTokenDays * DAY_MS;
      if (family.endedAt !== null || hasRunOut) return { family };

      if (family.predecessorHash !== null && timingSafeEqual(family.predecessorHash, presented)) {
        return { family, successor: successorOf(refreshToken, family) };
      }
      if (!timingSafeEqual(family.tokenHash, presented)) {
        await families.update({ id: family.id }, { endedAt: now, signedOut: true });
        return { family, reused: true };
      }
      family.successorSalt = randomBytes(32);
      const successor = successorOf(refreshToken, family);
      const { successorSalt } = family;
      await families.update(
        { id: family.id },
        { predecessorHash: presented, tokenHash: hashOf(successor), successorSalt, lastUsedAt: now },
      );
      return { family, successor };
    });
  }

  private async answer(family: SessionFamily, user: User, refreshToken: string): Promise<Session> {
    const access = await this.accessTokens.sign({ sub: user.id, sid: family.id, did: family.deviceId });
    return { ...access, refreshToken, user };
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function successorOf(refreshToken: string, family: SessionFamily): string {
  return `${family.id}.${createHmac('sha256', family.successorSalt).update(refreshToken).digest('base64url')}`;
}
