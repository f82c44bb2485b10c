/** What a write says about versions and devices, in the words of three generations of apps. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import type { WriteConstraint } from '../sync/version-constraint.js';
import { ObjectOf } from './body.js';
import { Count, IsExactInteger, OptionalText } from './body-fields.js';

/** The word of an app that has no id for its device. */
const NO_DEVICE = 'unknown';

/** `{"type":"none"}` or `{"type":"known","serverVersion":7}`. */
export class VersionConstraintBody {
  @ApiProperty({ enum: ['none', 'known'], description: '`none`: nothing is known of the row.', example: 'known' })
  @IsIn(['none', 'known'])
  type!: 'none' | 'known';

  @ApiPropertyOptional({
    description: 'With `known`: the row still has this version, else 409.',
    type: 'integer',
    format: 'int64',
    example: 7,
  })
  @ValidateIf(({ type }: VersionConstraintBody) => type === 'known')
  @IsExactInteger(0)
  serverVersion?: number;
}

/** What every write may say besides the row. */
export abstract class WrittenBy {
  @Count('The version that the app has of the row; 0 where it has none.', 7)
  syncVersion?: number | null;

  @OptionalText(
    'The device that writes. `unknown`, or missing, means the header `X-Device-Id`, else the token’s device.',
    'pixel-9',
  )
  deviceId?: string | null;
}

/** What a write that can meet an existing row may say besides. */
export abstract class WrittenVersion extends WrittenBy {
  @ApiPropertyOptional({ type: VersionConstraintBody, nullable: true, description: 'Missing means `none`.' })
  @IsOptional()
  @ObjectOf(() => VersionConstraintBody)
  versionConstraint?: VersionConstraintBody | null;

  @ApiPropertyOptional({
    description: 'Another word for a known version.',
    type: 'integer',
    format: 'int64',
    nullable: true,
    example: 7,
  })
  @IsOptional()
  @IsExactInteger(0)
  clientLastKnownServerVersion?: number | null;
}

/**
 * The constraint that a write carries: the first that is present of `versionConstraint`, `clientLastKnownServerVersion`
 * and `syncVersion` over 0. An app that knows no version writes over whatever is there, but no deleted row comes back
 * by it: only who names the version of the tombstone has seen it.
 */
export function constraintOf(body: WrittenVersion): WriteConstraint {
  const { versionConstraint, clientLastKnownServerVersion, syncVersion } = body;
  if (versionConstraint?.type === 'known') return { known: versionConstraint.serverVersion ?? 0 };
  if (versionConstraint != null) return { unlessDeleted: true };
  if (clientLastKnownServerVersion != null) return { known: clientLastKnownServerVersion };
  if (syncVersion != null && syncVersion > 0) return { known: syncVersion };
  return { unlessDeleted: true };
}

/** The device that the body names, if it names one. */
export function deviceIn({ deviceId }: WrittenBy): { deviceId?: string } {
  return deviceId == null || deviceId === NO_DEVICE ? {} : { deviceId };
}
