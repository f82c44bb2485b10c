import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { validated } from '../graphql/validation.js';
import { Accounts } from './accounts.js';
import { Public } from './auth.guard.js';
import type { Caller } from './caller.js';
import { CurrentUser } from './current-user.js';
import type { AuthenticatedRequest } from './request.js';
import { Session } from './session.js';
import { Sessions } from './sessions.js';
import { SignInInput, SignUpInput } from './sign-in.input.js';
import { User } from './user.entity.js';

@Resolver(() => User)
export class AuthResolver {
  constructor(
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
  ) {}

  @Public()
  @Mutation(() => Session, { description: 'Makes an account and signs its first device in. No token needed.' })
  async signUp(
    @Args('input', { description: 'The account and its first device.' }, validated) input: SignUpInput,
  ): Promise<Session> {
    return this.sessions.open(await this.accounts.create(input), input);
  }

  @Public()
  @Mutation(() => Session, {
    description: 'Signs a device in; a former session of the same device ends. No token needed.',
  })
  async signIn(
    @Args('input', { description: 'The account and the device.' }, validated) input: SignInInput,
    @Context('req') request: AuthenticatedRequest,
  ): Promise<Session> {
    return this.sessions.open(await this.accounts.check(input, request.ip ?? ''), input);
  }

  @Public()
  @Mutation(() => Session, { description: 'Exchanges a refresh token, once, for new tokens. No access token needed.' })
  refreshSession(
    @Args('refreshToken', { description: 'Opaque: the one that came with the last tokens.' }) refreshToken: string,
  ): Promise<Session> {
    return this.sessions.refresh(refreshToken);
  }

  @Mutation(() => Boolean, {
    description: 'Ends the session of this device: its tokens are worth nothing from now on.',
  })
  async signOut(@CurrentUser() user: Caller): Promise<boolean> {
    await this.sessions.end(user.sessionId);
    return true;
  }

  @Query(() => User, { description: 'The account of the caller.' })
  me(@CurrentUser() user: Caller): Promise<User> {
    return this.accounts.get(user.id);
  }
}
