import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { openClock } from '../sync/epoch.js';
import { hashPassword, isPassword } from './passwords.js';
import type { SignInInput, SignUpInput } from './sign-in.input.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { User } from './user.entity.js';

/** Accounts: who may sign in, by name and password. */
@Injectable()
export class Accounts {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly throttle: SignInThrottle,
  ) {}

  /** @throws ApiError BAD_USER_INPUT when the name is taken */
  async create({ username, password }: SignUpInput): Promise<User> {
    const user = {
      id: randomUUID(),
      username,
      usernameKey: keyOfName(username),
      passwordHash: await hashPassword(password),
      createdAt: Date.now(),
    };
    await this.database.transaction(async (transaction) => {
      const { raw } = await transaction
        .createQueryBuilder()
        .insert()
        .into(User)
        .values(user)
        .orIgnore()
        .returning('id')
        .execute();
      if ((raw as unknown[]).length === 0) {
        throw new ApiError(ErrorCode.BAD_USER_INPUT, 'username is taken', { fields: ['username'] });
      }
      await openClock(transaction, user.id);
    });
    return user;
  }

  /** @throws ApiError UNAUTHENTICATED when name and password do not match, RATE_LIMITED after too many failures */
  async check({ username, password }: SignInInput, address: string): Promise<User> {
    const usernameKey = keyOfName(username);
    const user = await this.throttle.attempt(usernameKey, address, async () => {
      const found = await this.find({ usernameKey });
      return (await isPassword(found?.passwordHash, password)) ? found : null;
    });
    if (user === null) throw new ApiError(ErrorCode.UNAUTHENTICATED, 'User name or password is wrong');
    return user;
  }

  /** The account of a caller. @throws ApiError UNAUTHENTICATED when it no longer exists */
  async get(id: string): Promise<User> {
    const user = await this.find({ id });
    if (user === null) throw new ApiError(ErrorCode.UNAUTHENTICATED, 'This account no longer exists');
    return user;
  }

  private find(where: { id: string } | { usernameKey: string }): Promise<User | null> {
    return this.database.getRepository(User).findOneBy(where);
  }
}

/** Two names that look the same are the same: compatibility forms and case are folded. */
function keyOfName(username: string): string {
  return username.normalize('NFKC').toLowerCase();
}
