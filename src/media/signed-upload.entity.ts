import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A signed upload that has begun and has not been completed: what the store calls it. Not synced. */
@Entity('signed_uploads')
export class SignedUploadRecord {
  @PrimaryColumn('uuid')
  userId!: string;

  @PrimaryColumn('uuid')
  mediaId!: string;

  /** Null for an upload that is not in parts. */
  @Column('text', { nullable: true })
  uploadId!: string | null;

  /** Milliseconds. */
  @Column('bigint')
  createdAt!: number;
}
