// What the server answered, in the words of the engine. Nothing is believed: a wrong shape throws, and the request
// counts as not answered.
import { associationId, RESOURCES, type RemoteRow, type RowType } from '../resources.js';
import type { ChangePage, Outcome } from '../transport.js';
import type { Answered } from './operations.js';
import { isServerCode } from './request.js';

const STATUSES: readonly Outcome['status'][] = ['APPLIED', 'DUPLICATE', 'CONFLICT', 'REJECTED'];

/** A page of a feed that was read from `since`. */
export function pageOf(type: RowType, page: Answered, since: number): ChangePage {
  // What is no list cannot be spread.
  const answered = [...(page['changes'] as Answered[]), ...(page['deletions'] as Answered[])];
  const rows = answered.map((row) => rowOf(type, row));
  const lastTimestamp = integer(page['lastTimestamp']);
  // It would be asked for again for ever.
  if (page['hasMore'] && lastTimestamp <= since) throw new TypeError('A page that leads nowhere');
  return {
    rows: rows.sort((one, other) => one.updatedAt - other.updatedAt),
    lastTimestamp,
    hasMore: page['hasMore'] === true,
    remaining: integer(page['remaining']),
    epoch: text(page['epoch']),
    serverTime: integer(page['serverTime']),
  };
}

/** What became of one mutation, of a row of `type`. */
export function outcomeOf(type: RowType, mutationId: string, outcome: Answered): Outcome {
  const { code, current } = outcome;
  const status = STATUSES.find((known) => known === outcome['status']);
  if (outcome['mutationId'] !== mutationId || status === undefined) throw new TypeError('Another outcome');
  const isDone = status === 'APPLIED' || status === 'DUPLICATE';
  return {
    mutationId,
    status,
    version: isDone ? integer(outcome['serverVersion']) : null,
    updatedAt: isDone ? integer(outcome['updatedAt']) : null,
    code: isServerCode(code) ? code : null,
    message: outcome['message'] === null ? null : text(outcome['message']),
    current: current === null ? null : rowOf(type, current as Answered),
  };
}

/** A row of any kind, live or deleted. */
export function rowOf(type: RowType, row: Answered): RemoteRow {
  const isDeleted = 'deletedAt' in row;
  return {
    type,
    id: 'id' in row ? text(row['id']) : associationId(text(row['journalId']), text(row['contentId'])),
    status: isDeleted ? 'deleted' : 'live',
    body: isDeleted ? null : bodyOf(type, row),
    version: integer(row['serverVersion']),
    updatedAt: integer(row['updatedAt']),
    clientUpdatedAt: integer(isDeleted ? row['deletedAt'] : row['clientUpdatedAt']),
    deviceId: text(row['deviceId']),
    mutationId: text(row['mutationId']),
  };
}

function bodyOf(type: RowType, row: Answered): RemoteRow['body'] {
  return Object.fromEntries(
    RESOURCES[type].fields.map((name) => {
      const value = row[name];
      if (value !== null && typeof value !== 'string' && typeof value !== 'number') throw new TypeError(`No ${name}`);
      return [name, value];
    }),
  );
}

/** @throws TypeError unless it is an integer */
export function integer(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new TypeError('No integer');
}

/** @throws TypeError unless it is a text */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('No text');
}
