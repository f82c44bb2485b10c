import { hash, verify } from '@node-rs/argon2';

/** OWASP's figures for argon2id (the package's default algorithm): 19 MiB, two passes, one lane. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Compared with when there is no such user, so that both answers take the same time. */
const nobody = hash('nobody has this password', ARGON2ID);

/** The encoded argon2id hash of a password. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), ARGON2ID);
}

/** Whether a password matches; takes as long for an unknown user, whose hash is undefined. */
export async function isPassword(encodedHash: string | undefined, password: string): Promise<boolean> {
  const matches = await verify(encodedHash ?? (await nobody), password.normalize('NFKC'));
  return matches && encodedHash !== undefined;
}
