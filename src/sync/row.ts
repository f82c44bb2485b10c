import { Field, ID, InterfaceType } from '@nestjs/graphql';
import { Check, Column, Index, PrimaryColumn, Unique } from 'typeorm';
import { Millis, Version } from '../graphql/scalars.js';

/** `pg` gives bigint as text; every number of this schema lies within ±2^53. */
const bigint = { type: 'bigint', transformer: { from: Number, to: (value: number) => value } } as const;

/** A nullable bigint keeps its null. */
const optionalBigint = {
  type: 'bigint',
  nullable: true,
  transformer: {
    from: (value: string | null) => (value === null ? null : Number(value)),
    to: (value: number | null) => value,
  },
} as const;

/** The columns that every synced table has. The stamp is (`serverVersion`, `updatedAt`). */
@InterfaceType({ description: 'What every synced row has. `serverVersion` and `updatedAt` are the server’s stamp.' })
export abstract class Row {
  /** The owner; from the token, never from a request body. */
  @PrimaryColumn('uuid')
  userId!: string;

  @Field(() => Version, { description: 'Grows with every write of the row; send it as `version: { known: … }`.' })
  @Column(bigint)
  serverVersion!: number;

  @Field(() => Millis, {
    description: 'The server’s order of writes, strictly increasing for one user; the cursor of the feeds.',
  })
  @Column(bigint)
  updatedAt!: number;

  @Field(() => Millis, { description: 'When it was created, by the device’s clock. For people, never for order.' })
  @Column(bigint)
  createdAt!: number;

  @Field(() => Millis, { description: 'When it was last edited, by the device’s clock. For people, never for order.' })
  @Column(bigint)
  clientUpdatedAt!: number;

  @Field(() => ID, { description: 'The device that wrote last.' })
  @Column('text')
  deviceId!: string;

  @Field(() => ID, { description: 'The mutation that wrote last: a device recognises its own echo by it.' })
  @Column('uuid')
  mutationId!: string;

  @Column('boolean', { default: false })
  deleted!: boolean;

  /** The `updatedAt` of the delete, milliseconds; null while the row is live. */
  @Column(optionalBigint)
  deletedAt!: number | null;

  /** Whether there is still a body to restore: false for a tombstone of a row never seen, or cleared after 30 days. */
  @Column('boolean', { default: true })
  hasBody!: boolean;
}

/** The constraints and indexes that the feeds and the stamp rely on; one decorator, so that no table forgets one. */
export function SyncedTable(name: string): ClassDecorator {
  return (target) => {
    Unique(`${name}_stamp`, ['userId', 'updatedAt'])(target);
    Index(`${name}_version`, ['userId', 'serverVersion'])(target);
    Index(`${name}_bodies_to_clear`, ['deletedAt'], { where: 'deleted AND has_body' })(target);
    Check(`${name}_version_before_time`, 'server_version <= updated_at')(target);
    Check(`${name}_deleted_at`, 'deleted = (deleted_at IS NOT NULL)')(target);
  };
}
