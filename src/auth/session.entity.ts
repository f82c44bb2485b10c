import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One family of refresh tokens: one device that is signed in. */
@Entity('sessions')
@Index('sessions_device', ['userId', 'deviceId'])
export class SessionFamily {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  userId!: string;

  @Column('text')
  deviceId!: string;

  @Column('text', { nullable: true })
  deviceName!: string | null;

  /** SHA-256 of the newest refresh token. */
  @Column('bytea')
  tokenHash!: Buffer;

  /** SHA-256 of the token before it, valid until the newest one is first used. */
  @Column('bytea', { nullable: true })
  predecessorHash!: Buffer | null;

  /** Makes the same successor of the predecessor again when the answer was lost. */
  @Column('bytea')
  successorSalt!: Buffer;

  @Column('bigint')
  createdAt!: number;

  @Column('bigint')
  lastUsedAt!: number;

  /** When it ended by sign-out, by a newer sign-in on the device or by reuse of a spent token; null while it lives. */
  @Column('bigint', { nullable: true })
  endedAt!: number | null;

  /** Whether its access tokens ended with it: not so when the device merely signed in anew. */
  @Column('boolean', { default: false })
  signedOut!: boolean;
}
