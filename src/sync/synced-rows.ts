import { Injectable, type Type } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Subject } from 'rxjs';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '../auth/caller.js';
import { limits } from '../config.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { readChange, type Change, type ChangeInput, type Verb } from './change.js';
import type { ChangePage, ChangesArgs } from './changes.js';
import { findRow, noSuch } from './find-row.js';
import { rejectionOfFaults } from './judge.js';
import { changedSince, errorOf } from './outcome-error.js';
import { OutcomeStatus, type WriteOutcome } from './outcome.js';
import { resourceOf } from './resource.js';
import type { Row } from './row.js';
import { holdClock, readClock, type Clock } from './stamp.js';
import { tableOf } from './table.js';
import { writeChanges } from './write-changes.js';

/** Told after each commit that wrote something; other devices of the user have a reason to pull. */
export interface Written {
  userId: string;
  deviceId: string;
  /** The largest stamp of the user, milliseconds. */
  headTimestamp: number;
}

/** Makes the input of a save inside the transaction that writes it. */
export type Prepare = (transaction: EntityManager) => Promise<ChangeInput & object>;

/** A row that was saved. */
export interface Put<R extends Row> {
  row: R;
  isNew: boolean;
}

/** One mutation of a push: which resource, what to do, and its input. */
export interface WriteRequest {
  entity: Type<Row>;
  verb: Verb;
  input: ChangeInput & object;
}

/** The one mechanism that reads and writes synced rows; every module and both faces go through it. */
@Injectable()
export class SyncedRows {
  readonly written = new Subject<Written>();

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** One live row. @throws ApiError FORBIDDEN for another user's, NOT_FOUND for a missing or deleted one */
  async find<R extends Row>(entity: Type<R>, userId: string, id: string): Promise<R> {
    const row = await findRow(this.database, this.database.manager, entity, userId, id);
    if (row.deleted) throw noSuch(entity);
    return row;
  }

  /** The next page of a feed. @throws ApiError EPOCH_CHANGED when `since` lies beyond the user's clock */
  async changes<R extends Row, T>(entity: Type<R>, userId: string, args: ChangesArgs): Promise<ChangePage<R, T>> {
    const { since, limit, withDeletions } = args;
    if (limit < 1 || limit > limits.pageRows) {
      throw new ApiError(ErrorCode.BAD_USER_INPUT, `limit must be from 1 to ${limits.pageRows}`, { fields: ['limit'] });
    }
    const database = this.database.manager;
    const table = tableOf(this.database, resourceOf(entity));
    const clock = await readClock(database, userId);
    if (since > clock.ms) throw new ApiError(ErrorCode.EPOCH_CHANGED, 'since lies beyond every change of this account');
    const { rows, hasMore } = await table.readPage(database, userId, {
      since,
      limit,
      withDeletions,
      bytes: limits.pageBytes,
    });
    const lastTimestamp = rows.at(-1)?.updatedAt ?? since;
    return {
      changes: rows.filter((row) => !row.deleted),
      deletions: rows.filter((row) => row.deleted) as unknown as T[],
      lastTimestamp,
      hasMore,
      get remaining() {
        return hasMore ? table.count(database, userId, lastTimestamp, withDeletions) : 0;
      },
      epoch: clock.epoch,
      serverTime: Date.now(),
    };
  }

  /** The user's live rows in which `property` is one of these ids, oldest stamp first. */
  findLiveBy<R extends Row>(entity: Type<R>, userId: string, property: string & keyof R, ids: string[]): Promise<R[]> {
    return tableOf(this.database, resourceOf(entity)).findLiveBy(this.database.manager, userId, property, ids);
  }

  /** How many live rows of one kind the user has. */
  count(entity: Type<Row>, userId: string): Promise<number> {
    return tableOf(this.database, resourceOf(entity)).countLive(this.database.manager, userId);
  }

  /** The user's clock: the head of the feeds and the epoch. */
  clock(userId: string): Promise<Clock> {
    return readClock(this.database.manager, userId);
  }

  /** Creates or replaces one row. @throws ApiError CONFLICT with the row as it is now, or why it was rejected */
  async save<R extends Row>(entity: Type<R>, caller: Caller, input: ChangeInput & object): Promise<R> {
    return (await this.writeOne(entity, caller, 'save', input)).row;
  }

  /** As `save`, and says whether there was no such row before, not even a deleted one. */
  async put<R extends Row>(entity: Type<R>, caller: Caller, input: ChangeInput & object): Promise<Put<R>> {
    return this.writeOne(entity, caller, 'save', input);
  }

  /**
   * Saves a live row with some of its fields changed: what `amend` is given cannot change before its answer is written.
   * @throws as `save`, and NOT_FOUND for a missing row, CONFLICT for a deleted one
   */
  async amend<R extends Row>(
    entity: Type<R>,
    caller: Caller,
    id: string,
    amend: (row: R) => ChangeInput & object,
  ): Promise<R> {
    return this.saveUnderClock(entity, caller, async (transaction) => {
      const row = await findRow(this.database, transaction, entity, caller.id, id);
      if (row.deleted) throw changedSince(row);
      return amend(row);
    });
  }

  /**
   * As `save`, with an input that is made while the user's clock is held: what `prepare` reads cannot change before
   * the row is written, and what it throws leaves nothing. It must not wait for the network.
   */
  async saveUnderClock<R extends Row>(entity: Type<R>, caller: Caller, prepare: Prepare): Promise<R> {
    return (await this.writeOne(entity, caller, 'save', prepare)).row;
  }

  /** Throws what a save of this input would be rejected for by itself, before bytes are taken in for it. */
  check(entity: Type<Row>, input: object): void {
    const change = readChange(resourceOf(entity), 'save', input, 'unnamed');
    if (change.faults.size > 0) throw errorOf(rejectionOfFaults(change));
  }

  /** Deletes one row and answers its tombstone. @throws as `save` */
  async delete<T>(entity: Type<Row>, caller: Caller, input: ChangeInput & object): Promise<T> {
    return (await this.writeOne(entity, caller, 'delete', input)).row as T;
  }

  /** Brings a deleted row back within 30 days. @throws as `save`, and NOT_FOUND when there is nothing to restore */
  async restore<R extends Row>(entity: Type<R>, caller: Caller, input: ChangeInput & object): Promise<R> {
    return (await this.writeOne(entity, caller, 'restore', input)).row;
  }

  /**
   * Applies mutations in order, in one transaction, each with its own outcome.
   * @throws ApiError EPOCH_CHANGED when `epoch` is given and is not the user's; nothing is written then
   */
  async push(
    caller: Caller,
    requests: WriteRequest[],
    epoch?: string | null,
  ): Promise<{ outcomes: WriteOutcome[]; clock: Clock }> {
    const changes = requests.map(({ entity, verb, input }) =>
      readChange(resourceOf(entity), verb, input, caller.deviceId),
    );
    const { outcomes, clock } = await this.commit(caller, () => changes, epoch);
    // Kept in lower case; a device that spells its ids otherwise finds its own spelling in the answer.
    return {
      clock,
      outcomes: outcomes.map((outcome, at) => ({
        ...outcome,
        mutationId: requests[at]?.input.mutationId ?? outcome.mutationId,
      })),
    };
  }

  private async commit(
    caller: Caller,
    prepare: (transaction: EntityManager) => Change[] | Promise<Change[]>,
    epoch?: string | null,
  ): Promise<{ outcomes: WriteOutcome[]; clock: Clock }> {
    const { outcomes, clock, deviceId } = await this.database.transaction(async (transaction) =>
      writeChanges(this.database, transaction, caller.id, await prepare(transaction), epoch),
    );
    if (deviceId !== undefined) this.written.next({ userId: caller.id, deviceId, headTimestamp: clock.ms });
    return { outcomes, clock };
  }

  private async writeOne<R extends Row>(
    entity: Type<R>,
    caller: Caller,
    verb: Verb,
    input: (ChangeInput & object) | Prepare,
  ): Promise<Put<R>> {
    const resource = resourceOf(entity);
    const { outcomes } = await this.commit(caller, async (transaction) => {
      if (typeof input === 'function') await holdClock(transaction, caller.id);
      const made = typeof input === 'function' ? await input(transaction) : input;
      return [readChange(resource, verb, made, caller.deviceId)];
    });
    const [outcome] = outcomes as [WriteOutcome];
    const { status } = outcome;
    if (status === OutcomeStatus.REJECTED) throw errorOf(outcome);
    const row = outcome.row ?? outcome.current ?? null;
    // A retry whose row has since been deleted, or restored, cannot be answered as if it still stood.
    if (status === OutcomeStatus.CONFLICT || row === null || row.deleted !== (verb === 'delete')) {
      throw changedSince(row);
    }
    return { row: row as R, isNew: outcome.isNew === true };
  }
}
