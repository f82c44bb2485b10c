import { Injectable } from '@nestjs/common';
import { Association } from '../associations/association.entity.js';
import type { UnlinkContentInput } from '../associations/link-content.input.js';
import type { Caller } from '../auth/caller.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { changedSince, errorOf } from '../sync/outcome-error.js';
import { OutcomeStatus, type WriteOutcome } from '../sync/outcome.js';
import { SyncedRows, type WriteRequest } from '../sync/synced-rows.js';
import { Long } from './answer-fields.js';
import type { LinkEnds, LinkPut } from './association-bodies.js';
import { STAMPED_AT } from './examples.js';
import { constraintOf, deviceIn } from './written-version.js';

/** What became of links that were sent. */
export class UploadedLinks {
  @Long('How many there were.', 2)
  uploadedCount!: number;

  @Long('The place of the last one in the feed, by the server’s clock.', STAMPED_AT)
  uploadedAt!: number;
}

/** Links come many at a time: in one transaction, each with its own outcome. */
@Injectable()
export class RestLinks {
  constructor(private readonly rows: SyncedRows) {}

  /** Those that can be written are; the first that cannot is what is thrown. */
  async save(caller: Caller, links: (LinkEnds & LinkPut)[]): Promise<UploadedLinks> {
    const requests = links.map(({ journalId, contentId, createdAt, ...by }): WriteRequest => {
      const input = { journalId, contentId, version: constraintOf(by), ...deviceIn(by) };
      return { entity: Association, verb: 'save', input: createdAt == null ? input : { ...input, createdAt } };
    });
    const { outcomes, clock } = await this.rows.push(caller, requests);
    throwRefusal(outcomes);
    return { uploadedCount: outcomes.length, uploadedAt: outcomes.at(-1)?.updatedAt ?? clock.ms };
  }

  async delete(caller: Caller, links: LinkEnds[]): Promise<void> {
    const requests = links.map(({ journalId, contentId }): WriteRequest => {
      const input: UnlinkContentInput = { journalId, contentId };
      return { entity: Association, verb: 'delete', input };
    });
    throwRefusal((await this.rows.push(caller, requests)).outcomes);
  }
}

function throwRefusal(outcomes: WriteOutcome[]): void {
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === OutcomeStatus.CONFLICT) throw changedSince(outcome.current ?? null);
    if (outcome.status !== OutcomeStatus.REJECTED) continue;
    const { code, message } = errorOf(outcome);
    const fields = outcome.fields?.map((field) => `associations.${index}.${field}`) ?? [`associations.${index}`];
    throw new ApiError(code ?? ErrorCode.INTERNAL, message, { fields });
  }
}
