import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsDefined, IsOptional } from 'class-validator';
import { limits } from '../config.js';
import { ListOf } from './body.js';
import { IsExactInteger, Time, Uuid } from './body-fields.js';
import { CONTENT_ID, CREATED_AT, JOURNAL_ID } from './examples.js';
import { WrittenBy } from './written-version.js';

/** A link: the entry stands in the journal. */
export class LinkUpload extends WrittenBy {
  @Uuid('The journal; it need not have arrived yet.', JOURNAL_ID)
  journalId!: string;

  @Uuid('The entry; it need not have arrived yet.', CONTENT_ID)
  contentId!: string;

  @Time('When it was made, by the device’s clock, epoch milliseconds.', CREATED_AT)
  createdAt!: number;
}

/** Links that are to be there. */
export class LinkUploads {
  @ApiProperty({ type: [LinkUpload], description: `At most ${limits.pushMutations}.` })
  @IsDefined()
  @ListOf(() => LinkUpload, limits.pushMutations)
  associations!: LinkUpload[];
}

/** The two ends of a link. */
export class LinkEnds {
  @Uuid('The journal.', JOURNAL_ID)
  journalId!: string;

  @Uuid('The entry.', CONTENT_ID)
  contentId!: string;
}

/** Links that are to go. */
export class LinkDeletes {
  @ApiProperty({ type: [LinkEnds], description: `At most ${limits.pushMutations}.` })
  @IsDefined()
  @ListOf(() => LinkEnds, limits.pushMutations)
  associations!: LinkEnds[];
}

/** What may be said of a link whose ends stand in the path. */
export class LinkPut extends WrittenBy {
  @ApiPropertyOptional({
    description: 'When it was made, by the device’s clock, epoch milliseconds; missing means now.',
    type: 'integer',
    format: 'int64',
    example: CREATED_AT,
  })
  @IsOptional()
  @IsExactInteger()
  createdAt?: number | null;
}
