import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One user's clock: its row lock makes the order of commits equal to the order of stamps. */
@Entity('user_clock')
export class UserClock {
  @PrimaryColumn('uuid')
  userId!: string;

  /** The largest `server_version` given. */
  @Column('bigint', { default: 0 })
  version!: number;

  /** The largest `updated_at` given, milliseconds. */
  @Column('bigint', { default: 0 })
  ms!: number;

  @Column('uuid')
  epoch!: string;
}
