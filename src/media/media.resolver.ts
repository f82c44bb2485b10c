import { Inject } from '@nestjs/common';
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import GraphQLUpload from 'graphql-upload/GraphQLUpload.mjs';
import type { FileUpload } from 'graphql-upload/processRequest.mjs';
import type { Caller } from '../auth/caller.js';
import { CurrentUser } from '../auth/current-user.js';
import { CONFIG, limits, type Config } from '../config.js';
import { ChangesArgs } from '../sync/changes.js';
import { DeleteInput } from '../sync/inputs.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { Tombstone } from '../sync/tombstone.js';
import { downloadUrlOf } from './download-url.js';
import { MediaCheck, MediaReport } from './media-check.js';
import { Media, MediaChanges } from './media.entity.js';
import { MediaUpload } from './media-upload.js';
import { MediaUploads } from './media-uploads.js';
import { bytesOf } from './multipart-file.js';
import { CreateMediaUploadInput, UploadMediaInput } from './upload-media.input.js';

@Resolver(() => Media)
export class MediaResolver {
  constructor(
    private readonly rows: SyncedRows,
    private readonly uploads: MediaUploads,
    private readonly check: MediaCheck,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Query(() => Media, { description: 'One photo, film or recording.' })
  media(
    @CurrentUser() user: Caller,
    @Args('id', { type: () => ID, description: 'Uuid of the photo, film or recording.' }) id: string,
  ): Promise<Media> {
    return this.rows.find(Media, user.id, id);
  }

  @Query(() => MediaChanges, {
    description: 'Photos and recordings written or deleted after `since`, in the server’s order.',
  })
  mediaChanges(@CurrentUser() user: Caller, @Args() feed: ChangesArgs): Promise<MediaChanges> {
    return this.rows.changes(Media, user.id, feed);
  }

  @Query(() => MediaReport, {
    description: 'Reads every stored byte of the caller again and compares it with its row.',
  })
  verifyMedia(@CurrentUser() user: Caller): Promise<MediaReport> {
    return this.check.of(user.id);
  }

  @Mutation(() => Media, {
    description:
      'Stores a small file that comes with the request (GraphQL multipart). The server writes it twice on the way, at about a third of the speed of the other ways: send what is over 8 MiB by `createMediaUpload`.',
  })
  uploadMedia(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'What the file is, and for which entry.' }) input: UploadMediaInput,
    @Args('file', { type: () => GraphQLUpload, description: `The bytes, at most ${limits.mediaBytes}.` }) file: unknown,
  ): Promise<Media> {
    return this.uploads.upload(user, input, bytesOf(file as Promise<FileUpload>, this.config.mediaBytes));
  }

  @Mutation(() => MediaUpload, { description: 'Makes a row for bytes of any size and says how to send them.' })
  createMediaUpload(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'What the file is, and for which entry.' }) input: CreateMediaUploadInput,
  ): Promise<MediaUpload> {
    return this.uploads.create(user, input);
  }

  @Mutation(() => Media, { description: 'Checks the bytes that were sent against their declared size and digest.' })
  completeMediaUpload(
    @CurrentUser() user: Caller,
    @Args('id', { type: () => ID, description: 'Uuid of the photo, film or recording.' }) id: string,
  ): Promise<Media> {
    return this.uploads.complete(user, id);
  }

  @Mutation(() => Tombstone, { description: 'Deletes a photo or recording; its entry stays.' })
  deleteMedia(
    @CurrentUser() user: Caller,
    @Args('input', { description: 'Which one, and what is known of it.' }) input: DeleteInput,
  ): Promise<Tombstone> {
    return this.rows.delete(Media, user, input);
  }

  @ResolveField(() => String, {
    nullable: true,
    description: 'Where the bytes are read, with the token; null while PENDING.',
  })
  downloadUrl(@Parent() media: Media): string | null {
    return downloadUrlOf(this.config, media);
  }
}
