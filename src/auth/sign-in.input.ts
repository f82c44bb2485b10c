import { Field, ID, InputType } from '@nestjs/graphql';
import {
  isEmail,
  Length,
  Matches,
  Validate,
  ValidateIf,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';

/** Text without control characters, U+0000 above all, which PostgreSQL cannot store. */
const PLAIN_TEXT = /^[^\p{Cc}\p{Cs}]*$/u;

@ValidatorConstraint({ name: 'isUserName' })
class IsUserName implements ValidatorConstraintInterface {
  validate(value: string): boolean {
    // First: `isEmail` throws for half of a surrogate pair.
    if (!PLAIN_TEXT.test(value)) return false;
    const characters = [...value].length;
    return (characters >= 3 && characters <= 64 && value.trim() === value) || isEmail(value);
  }

  defaultMessage(): string {
    return 'username must have 3 to 64 characters, none of them a control character, or be an e-mail address';
  }
}

@InputType({ isAbstract: true })
abstract class Credentials {
  @Field(() => String, { description: 'User name of 3 to 64 characters, or an e-mail address; case does not matter.' })
  @Validate(IsUserName)
  username!: string;

  @Field(() => String, { description: '8 to 256 characters.' })
  @Length(8, 256)
  password!: string;

  @Field(() => ID, { description: 'This installation: 1 to 128 characters, chosen once by the device.' })
  @Length(1, 128)
  @Matches(PLAIN_TEXT, { message: 'deviceId must not contain control characters' })
  deviceId!: string;

  @Field(() => String, { nullable: true, description: 'What a person calls the device, at most 128 characters.' })
  @ValidateIf((_, value) => typeof value === 'string')
  @Length(0, 128)
  @Matches(PLAIN_TEXT, { message: 'deviceName must not contain control characters' })
  deviceName?: string | null;
}

@InputType({ description: 'A new account and its first device.' })
export class SignUpInput extends Credentials {}

@InputType({ description: 'An account and the device that signs in.' })
export class SignInInput extends Credentials {}
