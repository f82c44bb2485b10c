import { createHash, createSecretKey, randomUUID, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { CONFIG, type Config } from '../config.js';

export const TOKEN_ISSUER = 'logdate-cloud';
export const TOKEN_AUDIENCE = 'logdate-device';
export const TOKEN_ALGORITHM = 'HS256';

/** What an access token says: `sub` is the user, `sid` the session, `did` the device. */
export interface AccessClaims {
  sub: string;
  sid: string;
  did: string;
  typ: 'access';
  /** Seconds. */
  exp: number;
}

/** Signs access tokens and knows the keys that may have signed one: the present and, while it rotates, the former. */
@Injectable()
export class AccessTokens {
  private readonly present: { kid: string; secret: string };
  private readonly secrets: Map<string, string>;
  /** The same, made once: jsonwebtoken would make a key of the text with every token. */
  private readonly keys: Map<string, KeyObject>;

  constructor(
    private readonly jwt: JwtService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.present = { kid: keyIdOf(config.jwtSecret), secret: config.jwtSecret };
    this.secrets = new Map([[this.present.kid, this.present.secret]]);
    if (config.jwtPreviousSecret) this.secrets.set(keyIdOf(config.jwtPreviousSecret), config.jwtPreviousSecret);
    this.keys = new Map([...this.secrets].map(([kid, secret]) => [kid, createSecretKey(Buffer.from(secret))]));
  }

  /** A signed token and when it ends, in milliseconds. */
  async sign(claims: Pick<AccessClaims, 'sub' | 'sid' | 'did'>): Promise<{ accessToken: string; expiresAt: number }> {
    const issuedAt = Math.floor(Date.now() / 1000);
    const exp = issuedAt + this.config.accessTokenSeconds;
    const accessToken = await this.jwt.signAsync(
      { ...claims, typ: 'access', iat: issuedAt, exp, iss: TOKEN_ISSUER, aud: TOKEN_AUDIENCE, jti: randomUUID() },
      { secret: this.present.secret, keyid: this.present.kid, algorithm: TOKEN_ALGORITHM },
    );
    return { accessToken, expiresAt: exp * 1000 };
  }

  /** Whether a token is signed by us and still runs. The guard looks at more: its type and its session. */
  async isSound(token: string): Promise<boolean> {
    const secret = this.secretOf(
      this.jwt.decode<{ header?: { kid?: unknown } } | null>(token, { complete: true })?.header?.kid,
    );
    if (secret === undefined) return false;
    const options = {
      secret,
      algorithms: [TOKEN_ALGORITHM] as ['HS256'],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
    };
    return this.jwt.verifyAsync(token, options).then(Boolean, () => false);
  }

  /** The key behind a token's `kid`; undefined for one that is not ours. */
  keyOf(keyId: unknown): KeyObject | undefined {
    return typeof keyId === 'string' ? this.keys.get(keyId) : undefined;
  }

  /** The secret behind a token's `kid`; undefined for one that is not ours. */
  private secretOf(keyId: unknown): string | undefined {
    return typeof keyId === 'string' ? this.secrets.get(keyId) : undefined;
  }
}

function keyIdOf(secret: string): string {
  return createHash('sha256').update(`kid:${secret}`).digest('base64url').slice(0, 12);
}
