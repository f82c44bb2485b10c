import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which database this is (one row): when it is found in another one, history may have been lost. */
@Entity('database_identity')
export class DatabaseIdentity {
  @PrimaryColumn('boolean', { default: true })
  onlyRow!: boolean;

  @Column('uuid')
  epoch!: string;

  /** The version after which the present epoch's versions begin. */
  @Column('bigint')
  epochBase!: number;

  /** System identifier, timeline and database oid of PostgreSQL, as one text. */
  @Column('text')
  cluster!: string;
}
