import { Injectable } from '@nestjs/common';
import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import DataLoader from 'dataloader';
import { Media } from '../media/media.entity.js';
import { SyncedRows } from '../sync/synced-rows.js';
import { Content } from './content.entity.js';

/** `Content.media`: one query for all entries of a page. */
@Resolver(() => Content)
@Injectable()
export class MediaOfContentResolver {
  /** One loader for each request and user, found by the request's context. */
  private readonly loaders = new WeakMap<object, DataLoader<string, Media[]>>();

  constructor(private readonly rows: SyncedRows) {}

  @ResolveField(() => [Media], { description: 'Photos, films and recordings of the entry, oldest stamp first.' })
  media(@Parent() { userId, id }: Content, @Context() context: object): Promise<Media[]> {
    let loader = this.loaders.get(context);
    if (loader === undefined) this.loaders.set(context, (loader = this.loaderOf(userId)));
    return loader.load(id);
  }

  private loaderOf(userId: string): DataLoader<string, Media[]> {
    return new DataLoader(async (contentIds) => {
      const media = await this.rows.findLiveBy(Media, userId, 'contentId', [...contentIds]);
      const byContent = new Map(contentIds.map((id) => [id, [] as Media[]]));
      for (const one of media) byContent.get(one.contentId)?.push(one);
      return contentIds.map((id) => byContent.get(id) ?? []);
    });
  }
}
