import type { Type } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { readChange, type ChangeInput } from './change.js';
import { findForeignIds } from './ownership.js';
import { resourceOf } from './resource.js';
import type { Row } from './row.js';
import { tableOf } from './table.js';
import { idsByColumn } from './write-changes.js';

/** One row of the user, live or deleted. @throws ApiError FORBIDDEN for another user's, NOT_FOUND where there is none */
export async function findRow<R extends Row>(
  database: DataSource,
  reader: EntityManager,
  entity: Type<R>,
  userId: string,
  id: string,
): Promise<R> {
  const resource = resourceOf(entity);
  const change = readChange(resource, 'delete', { id } as ChangeInput, 'reader');
  if (change.faults.size > 0) throw new ApiError(ErrorCode.BAD_USER_INPUT, 'id must be a uuid', { fields: ['id'] });
  const rows = await tableOf(database, resource).find(reader, userId, [change.fields]);
  const row = rows.get(change.rowKey);
  if (row !== undefined) return row;
  const foreign = await findForeignIds(reader, userId, idsByColumn([change]));
  if (foreign.size > 0) throw new ApiError(ErrorCode.FORBIDDEN, 'This id belongs to another user');
  throw noSuch(entity);
}

/** What is answered for a row that is missing or deleted. */
export function noSuch(entity: Type<Row>): ApiError {
  return new ApiError(ErrorCode.NOT_FOUND, `There is no such ${entity.name.toLowerCase()}`);
}
