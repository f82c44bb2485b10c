import { registerEnumType } from '@nestjs/graphql';
import type { ErrorCode } from '../graphql/errors.js';
import type { Row } from './row.js';

/** What became of one mutation. */
export enum OutcomeStatus {
  APPLIED = 'APPLIED',
  DUPLICATE = 'DUPLICATE',
  CONFLICT = 'CONFLICT',
  REJECTED = 'REJECTED',
}

registerEnumType(OutcomeStatus, {
  name: 'OutcomeStatus',
  description: 'What became of one mutation of a push.',
  valuesMap: {
    APPLIED: { description: 'It is stored; `serverVersion` and `updatedAt` are its stamp.' },
    DUPLICATE: {
      description: 'It had been applied before; the stamp is the first one, `current` the row as it is now.',
    },
    CONFLICT: { description: 'The row changed since; `current` is the row as it is now, null if there is none.' },
    REJECTED: { description: 'It can never be applied as it is; `code` and `message` say why and name the field.' },
  },
});

/** Expected outcomes are data; only a request that fails as a whole throws. */
export interface WriteOutcome {
  mutationId: string;
  status: OutcomeStatus;
  serverVersion?: number;
  /** Milliseconds. */
  updatedAt?: number;
  code?: ErrorCode;
  message?: string;
  /** Names of the wrong fields of a rejected mutation. */
  fields?: string[];
  /** The limit, in bytes, that a rejected mutation passed. */
  limit?: number;
  /** DUPLICATE and CONFLICT: the row as it is now, null if there is none. */
  current?: Row | null;
  /** APPLIED: the row as this mutation left it. */
  row?: Row;
  /** APPLIED: there was no such row before, not even a deleted one. */
  isNew?: boolean;
}
