import { Field, ID, ObjectType } from '@nestjs/graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Millis } from '../graphql/scalars.js';

@Entity('users')
@ObjectType({ description: 'The owner of every row.' })
export class User {
  @Field(() => ID, { description: 'Uuid made by the server.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, { description: 'User name or e-mail address, as it was given at sign-up.' })
  @Column('text')
  username!: string;

  /** The name in the form in which two names are compared. */
  @Column('text', { unique: true })
  usernameKey!: string;

  /** argon2id, in its encoded form. */
  @Column('text')
  passwordHash!: string;

  @Field(() => Millis, { description: 'When the account was made, by the server’s clock.' })
  @Column('bigint')
  createdAt!: number;
}
