import { ErrorCode } from '../graphql/errors.js';
import type { Change } from './change.js';
import { OutcomeStatus, type WriteOutcome } from './outcome.js';
import type { Receipts } from './receipts.js';
import type { Resource } from './resource.js';
import type { Row } from './row.js';
import type { Stamp } from './stamp.js';
import { judgeDelete, judgeSave, type Verdict } from './version-constraint.js';

/** How long a deleted row can be restored, milliseconds. */
export const RESTORABLE_MS = 30 * 24 * 60 * 60 * 1000;

/** What the database knows when a change is judged. */
export interface Known {
  userId: string;
  receipts: Receipts;
  /** The row that the change names, as it is now. */
  current: Row | undefined;
  /** Whether another user has the row, or an end of the link. */
  isForeign: boolean;
}

/** Decides what becomes of one change: the protocol's rules, in their order. Reads and writes nothing. */
export function judge(change: Change, stamp: Stamp, { userId, receipts, current, isForeign }: Known): WriteOutcome {
  const { mutationId } = change;
  if (change.faults.size > 0) return rejectionOfFaults(change);

  const receipt = receipts.get(mutationId);
  if (receipt !== undefined) {
    if (!receipt.payloadHash.equals(change.payloadHash)) {
      return rejected(change, ErrorCode.BAD_USER_INPUT, 'mutationId was used for another change', ['mutationId']);
    }
    const { serverVersion, updatedAt } = receipt;
    return { mutationId, status: OutcomeStatus.DUPLICATE, serverVersion, updatedAt, current: current ?? null };
  }

  if (isForeign) return rejected(change, ErrorCode.FORBIDDEN, 'This id belongs to another user');
  if (change.verb === 'restore' && (current === undefined || !isRestorable(current, stamp.updatedAt))) {
    return rejected(
      change,
      ErrorCode.NOT_FOUND,
      'There is nothing to restore: a deleted row keeps its body for 30 days',
    );
  }

  const verdict = verdictOn(change, current);
  if (verdict === 'conflict') return { mutationId, status: OutcomeStatus.CONFLICT, current: current ?? null };
  const row = verdict === 'already' && current !== undefined ? current : rowAfter(change, current, stamp, userId);
  return {
    mutationId,
    status: OutcomeStatus.APPLIED,
    serverVersion: row.serverVersion,
    updatedAt: row.updatedAt,
    row,
    isNew: current === undefined,
  };
}

function verdictOn(change: Change, current: Row | undefined): Verdict {
  const { version } = change.input;
  if (change.verb === 'delete') return judgeDelete(version, current);
  if (change.verb === 'save') return judgeSave(version, current, () => hasBodyOf(change, current));
  const verdict = judgeSave(version, current, () => true);
  return verdict === 'write' && current?.deleted === false ? 'already' : verdict;
}

/** "Same body" leaves out times and device. */
function hasBodyOf(change: Change, current: Row | undefined): boolean {
  const row = current as unknown as Record<string, unknown>;
  const { body, derived = [] } = change.resource;
  return Object.keys(body).every((property) => derived.includes(property) || row[property] === change.fields[property]);
}

function isRestorable(row: Row, now: number): boolean {
  return row.deletedAt === null || (row.hasBody && row.deletedAt > now - RESTORABLE_MS);
}

/** The row as the change leaves it. Written out field by field: a push makes 500 of them. */
function rowAfter(change: Change, current: Row | undefined, stamp: Stamp, userId: string): Row {
  const { resource, verb, fields, input } = change;
  const row = new resource.entity();
  row.userId = userId;
  Object.assign(row, current ?? emptyBody(resource), fields);
  row.serverVersion = stamp.serverVersion;
  row.updatedAt = stamp.updatedAt;
  row.clientUpdatedAt = input.clientUpdatedAt ?? stamp.updatedAt;
  row.createdAt = input.createdAt ?? current?.createdAt ?? row.clientUpdatedAt;
  row.deviceId = change.deviceId;
  row.mutationId = change.mutationId;
  row.hasBody = verb === 'save' || current?.hasBody === true;
  row.deleted = verb === 'delete';
  row.deletedAt = row.deleted ? stamp.updatedAt : null;
  return row;
}

const emptyBodies = new WeakMap<Resource, Record<string, unknown>>();

/** What a tombstone of a row that was never seen has for a body. */
function emptyBody(resource: Resource): Record<string, unknown> {
  let empty = emptyBodies.get(resource);
  if (empty === undefined) {
    empty = Object.fromEntries(Object.entries(resource.body).map(([property, rule]) => [property, rule.empty]));
    emptyBodies.set(resource, empty);
  }
  return empty;
}

/** Why a change is refused by itself, whatever the database holds. */
export function rejectionOfFaults(change: Change): WriteOutcome {
  const faults = [...change.faults];
  const limit = faults.find(([, fault]) => fault.tooLargeFor !== undefined)?.[1].tooLargeFor;
  const message = faults.map(([field, fault]) => `${field} ${fault.message}`).join('; ');
  const code = limit !== undefined && faults.length === 1 ? ErrorCode.TOO_LARGE : ErrorCode.BAD_USER_INPUT;
  return {
    ...rejected(
      change,
      code,
      message,
      faults.map(([field]) => field),
    ),
    limit,
  };
}

function rejected(change: Change, code: ErrorCode, message: string, fields?: string[]): WriteOutcome {
  return { mutationId: change.mutationId, status: OutcomeStatus.REJECTED, code, message, fields };
}
