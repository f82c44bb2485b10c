// The pictures of a folder: which file shows them, and which of them an entry gets or loses.
import { uuidV5 } from '@logdate/client';
import { posix } from 'node:path';
import type { EntryItem } from '@logdate/formats/import/items';
import type { MarkdownFile } from '@logdate/formats/markdown/entry-file';
import { referencesOf } from '@logdate/formats/markdown/references';
import { mediaTypeOf } from '@logdate/formats/media-types';
import type { FolderPlan, PictureToAdd } from './folder-plan.js';
import type { FolderState } from './folder-state.js';
import type { Identities } from './identities.js';
import type { KnownEntry } from './known-files.js';
import type { FolderFile } from './scan.js';

/** A picture of the folder; without an id it gets one by its entry and its bytes. */
export type FoundPicture = Omit<PictureToAdd, 'contentId' | 'id'> & { id: string | undefined };

/** Plans the pictures of entries. */
export class FolderPictures {
  private readonly files: Map<string, FolderFile>;
  /** Files of other entries: those are no entries of their own. */
  private readonly shown = new Set<string>();

  constructor(
    private readonly state: FolderState,
    private readonly identities: Identities,
    private readonly plan: Pick<FolderPlan, 'pictures' | 'deletedMedia'>,
  ) {
    this.files = new Map(state.files.map((file) => [file.path, file]));
  }

  /** The pictures that a Markdown file lists or refers to. */
  picturesOf(file: FolderFile, read: MarkdownFile): FoundPicture[] {
    const listed = read.media.flatMap((line) => {
      const picture = this.files.get(posix.join(posix.dirname(file.path), line.file));
      if (!picture) return [];
      const { name: fileName, type: mimeType, createdAt } = line;
      return [
        { id: this.identities.accountId(line.id, read.account), fileName, mimeType, createdAt, path: picture.path },
      ];
    });
    const referenced = referencesOf(file.path, read.text ?? '').flatMap((path) => {
      const picture = this.files.get(path);
      return picture && picture.text === undefined ? [pictureAt(picture)] : [];
    });
    const pictures = [...listed, ...referenced.filter(({ path }) => !listed.some((one) => one.path === path))];
    for (const { path } of pictures) this.shown.add(path);
    return pictures;
  }

  /** Whether a Markdown file shows the picture at `path`. */
  isShown(path: string): boolean {
    return this.shown.has(path);
  }

  /** Adds the pictures that an entry does not have yet, and takes away those that its file showed and shows no more. */
  planMedia(entry: EntryItem, known: KnownEntry | undefined, pictures: FoundPicture[]): KnownEntry['media'] {
    const kept: KnownEntry['media'] = [];
    for (const picture of pictures) {
      const sha256 = this.files.get(picture.path)?.sha256 ?? '';
      const before = known?.media.find((one) => one.sha256 === sha256);
      if (kept.some((one) => one.sha256 === sha256)) continue;
      const id = before?.id ?? this.identities.mediaId(picture.id ?? uuidV5(entry.id, sha256));
      kept.push({ id, sha256 });
      if (before || this.state.row('media', id) || this.state.isQueued(id)) continue;
      this.plan.pictures.push({ ...picture, id, contentId: entry.id });
    }
    for (const before of known?.media ?? []) {
      if (kept.some(({ id }) => id === before.id)) continue;
      if (this.isHeld(before.sha256)) kept.push(before);
      else this.plan.deletedMedia.push(before.id);
    }
    return kept;
  }

  private isHeld(sha256: string): boolean {
    return this.state.known.some((file) => file.sha256 === sha256 && this.state.held.has(file.path));
  }
}

/** The picture that a file is. */
export function pictureAt({ path, mtimeMs }: FolderFile): FoundPicture {
  return {
    id: undefined,
    path,
    fileName: posix.basename(path),
    mimeType: mediaTypeOf(path),
    createdAt: Math.round(mtimeMs),
  };
}
