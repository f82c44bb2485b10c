import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { AccessTokens, TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER, type AccessClaims } from './access-tokens.js';
import type { Caller } from './caller.js';
import { EndedSessions } from './ended-sessions.js';
import type { AuthenticatedRequest } from './request.js';

/** Verifies the bearer token: our key, one algorithm, issuer, audience, end, type, and a session that still lives. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  /** Passport keeps one list of strategies for the whole process: two servers in it must not share an entry. */
  readonly nameInPassport = `jwt ${randomUUID()}`;

  constructor(
    tokens: AccessTokens,
    private readonly ended: EndedSessions,
  ) {
    super({
      jwtFromRequest: bearerTokenOf,
      algorithms: [TOKEN_ALGORITHM],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      secretOrKeyProvider(_request, token, done) {
        const key = tokens.keyOf(headerOf(token)?.['kid']);
        // The types know keys as text only; jsonwebtoken, which gets it, takes both.
        done(key === undefined ? new Error('unknown key') : null, key as unknown as string);
      },
    });
    passport.use(this.nameInPassport, this);
  }

  /** @returns the caller, or false for a token that is sound but not good for this */
  validate(claims: Partial<AccessClaims>): Caller | false {
    const { sub, sid, did, exp, typ } = claims;
    if (typ !== 'access' || !sub || !sid || !did || typeof exp !== 'number' || this.ended.has(sid)) return false;
    return { id: sub, sessionId: sid, deviceId: did, expiresAt: exp * 1000 };
  }
}

/** One token and nothing behind it: passport-jwt's own reader takes the first of several. */
function bearerTokenOf({ headers }: Pick<AuthenticatedRequest, 'headers'>): string | null {
  return /^Bearer +([\w.-]+)$/i.exec(String(headers['authorization']))?.[1] ?? null;
}

function headerOf(token: unknown): Record<string, unknown> | undefined {
  try {
    const [header = ''] = String(token).split('.');
    return JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
