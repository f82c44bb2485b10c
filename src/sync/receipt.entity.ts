import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What became of an applied mutation: it makes a retry harmless. Kept as long as the account. */
@Entity('mutations')
export class Receipt {
  @PrimaryColumn('uuid')
  userId!: string;

  @PrimaryColumn('uuid')
  mutationId!: string;

  /** Table of the row that was written. */
  @Column('text')
  resource!: string;

  /** Key of the row behind its owner: one uuid, or two with a space between. */
  @Column('text')
  rowKey!: string;

  @Column('bigint')
  serverVersion!: number;

  @Column('bigint')
  updatedAt!: number;

  /** SHA-256 of what the mutation said. */
  @Column('bytea')
  payloadHash!: Buffer;
}
