import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessTokens } from './access-tokens.js';
import { Accounts } from './accounts.js';
import { AuthGuard } from './auth.guard.js';
import { AuthResolver } from './auth.resolver.js';
import { EndedSessions } from './ended-sessions.js';
import { JwtStrategy } from './jwt.strategy.js';
import { SessionFamily } from './session.entity.js';
import { Sessions } from './sessions.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { User } from './user.entity.js';

@Module({
  imports: [PassportModule, JwtModule.register({}), TypeOrmModule.forFeature([User, SessionFamily])],
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    JwtStrategy,
    AccessTokens,
    Accounts,
    AuthResolver,
    EndedSessions,
    Sessions,
    SignInThrottle,
  ],
  exports: [EndedSessions],
})
export class AuthModule {}
