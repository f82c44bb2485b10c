import { ApiProperty } from '@nestjs/swagger';
import { Long, Said } from './answer-fields.js';
import { STAMPED_AT } from './examples.js';

export class SyncCounts {
  @Long('Live entries.', 52)
  contentCount!: number;

  @Long('Live journals.', 2)
  journalCount!: number;

  @Long('Live links.', 52)
  associationCount!: number;

  @Long('Live photos and recordings.', 9)
  mediaCount!: number;

  @Long('Photos and recordings whose bytes have not arrived yet.', 0)
  pendingUploads!: number;

  @Long('The largest stamp given: news, never a cursor.', STAMPED_AT)
  lastTimestamp!: number;
}

export class SyncStatusAnswer {
  @ApiProperty({ type: SyncCounts, description: 'What the server holds of this account.' })
  data!: SyncCounts;

  @Long('The server’s clock.', STAMPED_AT)
  timestamp!: number;
}

export class Quota {
  @Long('Bytes that photos and recordings may take.', 16106127360)
  totalBytes!: number;

  @Long('Bytes that they take; the same bytes count once.', 482130)
  usedBytes!: number;

  @ApiProperty({ type: [Object], description: 'Always empty: only the whole is counted.', example: [] })
  categories!: object[];
}

export class ServerDescription {
  @Said('Address of the server.', 'https://logdate.example')
  serverOrigin!: string;

  @Said('Where the paths begin.', 'https://logdate.example/api/v1')
  apiBaseUrl!: string;

  @Said('The only one so far.', 'v1')
  apiVersion!: string;

  @Said('Who runs it.', 'SELF_HOSTED')
  deploymentKind!: string;

  @Said('What to call it.', 'LogDate Cloud')
  displayName!: string;

  @ApiProperty({ type: [String], description: 'What it can do.', example: ['SYNC_CONTENT', 'SYNC_MEDIA'] })
  capabilities!: string[];

  @ApiProperty({ type: [String], description: 'Extensions that apps may use.', example: [] })
  protocolFeatures!: string[];
}

export class ServerAnswer {
  @Said('Always true.', true)
  success!: boolean;

  @ApiProperty({ type: ServerDescription, description: 'The server.' })
  data!: ServerDescription;
}
