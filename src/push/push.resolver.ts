import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Association } from '../associations/association.entity.js';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { Content } from '../content/content.entity.js';
import { limits } from '../config.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';
import { Journal } from '../journals/journal.entity.js';
import { Media } from '../media/media.entity.js';
import type { ChangeInput } from '../sync/change.js';
import { deviceName } from '../sync/field-rules.js';
import { SyncedRows, type WriteRequest } from '../sync/synced-rows.js';
import { PushResult } from './push-result.js';
import { PushInput, type MutationInput } from './push.input.js';

/** What each alternative of `MutationInput` writes: the one place that lists all resources. */
const TARGETS: Record<keyof MutationInput, Pick<WriteRequest, 'entity' | 'verb'>> = {
  saveJournal: { entity: Journal, verb: 'save' },
  deleteJournal: { entity: Journal, verb: 'delete' },
  saveContent: { entity: Content, verb: 'save' },
  deleteContent: { entity: Content, verb: 'delete' },
  linkContent: { entity: Association, verb: 'save' },
  unlinkContent: { entity: Association, verb: 'delete' },
  deleteMedia: { entity: Media, verb: 'delete' },
};

@Resolver()
export class PushResolver {
  constructor(private readonly rows: SyncedRows) {}

  @Mutation(() => PushResult, {
    description: 'Sends the outbox of a device: in order, in one transaction, each mutation with its own outcome.',
  })
  async push(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'The outbox, and the epoch that the device knows.' }) input: PushInput,
  ): Promise<PushResult> {
    checkInput(input);
    const caller = { ...user, deviceId: input.deviceId };
    const { outcomes, clock } = await this.rows.push(caller, input.mutations.map(requestOf), input.epoch);
    return { outcomes, headTimestamp: clock.ms, epoch: clock.epoch, serverTime: Date.now() };
  }
}

function requestOf(mutation: MutationInput): WriteRequest {
  const [[name, input]] = Object.entries(mutation) as [[keyof MutationInput, ChangeInput & object]];
  const { entity, verb } = TARGETS[name];
  return { entity, verb, input };
}

function checkInput({ deviceId, mutations }: PushInput): void {
  const fault = deviceName.check(deviceId);
  if (fault !== undefined) {
    throw new ApiError(ErrorCode.BAD_USER_INPUT, `deviceId ${fault.message}`, { fields: ['deviceId'] });
  }
  if (mutations.length > limits.pushMutations) {
    const message = `mutations must have at most ${limits.pushMutations} items, not ${mutations.length}`;
    throw new ApiError(ErrorCode.BAD_USER_INPUT, message, { fields: ['mutations'], limit: limits.pushMutations });
  }
}
