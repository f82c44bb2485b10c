/**
 * Every setting of the server: its environment variable, its default, what it means.
 * This file alone reads `process.env`; the README's table is made from it.
 */
interface Setting<T> {
  variable: string;
  defaultValue: T;
  description: string;
  parse(text: string): T;
  /** Production refuses to start unless it is given. */
  requiredInProduction?: boolean;
}

class InvalidSetting extends Error {}

const text = (variable: string, description: string, defaultValue = ''): Setting<string> => ({
  variable,
  description,
  defaultValue,
  parse: (given) => given,
});

const integer = (
  variable: string,
  description: string,
  defaultValue: number,
  [least, most]: [number, number],
): Setting<number> => ({
  variable,
  description,
  defaultValue,
  parse(given) {
    const value = Number(given);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidSetting(`must be an integer from ${least} to ${most}, not "${given}"`);
    }
    return value;
  },
});

const choice = <T extends string>(
  variable: string,
  description: string,
  defaultValue: T,
  choices: readonly T[],
): Setting<T> => ({
  variable,
  description: `${description} (${choices.join(', ')})`,
  defaultValue,
  parse(given) {
    const value = choices.find((one) => one === given);
    if (value === undefined) throw new InvalidSetting(`must be one of ${choices.join(', ')}, not "${given}"`);
    return value;
  },
});

const list = (variable: string, description: string): Setting<string[]> => ({
  variable,
  description,
  defaultValue: [],
  parse: (given) =>
    given
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
});

const required = <T>(setting: Setting<T>): Setting<T> => ({ ...setting, requiredInProduction: true });

const MIB = 1024 * 1024;

export const settings = {
  environment: choice('NODE_ENV', 'What kind of installation this is', 'development', [
    'development',
    'test',
    'production',
  ] as const),
  port: integer('PORT', 'TCP port of HTTP and WebSocket; 0 takes a free one', 3000, [0, 65_535]),
  host: text('HOST', 'Address to listen on; empty means localhost, and every address in production'),
  dataDir: text('DATA_DIR', 'Folder of the embedded database, blobs and generated secrets', './data'),
  databaseUrl: required(
    text('DATABASE_URL', 'PostgreSQL for the server, as a role that owns no table; empty means the embedded one'),
  ),
  databaseOwnerUrl: text(
    'DATABASE_OWNER_URL',
    'The same database as the role that owns the tables; when given, migrations run at start',
  ),
  databasePoolSize: integer('DATABASE_POOL_SIZE', 'Connections of one server process', 10, [1, 200]),
  blobStore: required(choice('BLOB_STORE', 'Where photos and recordings are stored', 'file', ['file', 's3'] as const)),
  s3Endpoint: text('S3_ENDPOINT', 'Address of the S3 service, as http://host:port or https://host'),
  s3PublicEndpoint: text(
    'S3_PUBLIC_ENDPOINT',
    'Address by which devices reach it for signed URLs; empty means S3_ENDPOINT',
  ),
  s3Region: text('S3_REGION', 'Region that requests are signed for', 'us-east-1'),
  s3Bucket: text('S3_BUCKET', 'Bucket, made at start if it is missing'),
  s3AccessKey: text('S3_ACCESS_KEY', 'Access key'),
  s3SecretKey: text('S3_SECRET_KEY', 'Secret key'),
  s3PartBytes: integer('S3_PART_BYTES', 'Size of one part of an upload, in bytes', 8 * MIB, [5 * MIB, 1024 * MIB]),
  jwtSecret: required(
    text('JWT_SECRET', 'Key that signs access tokens, at least 32 characters; generated under DATA_DIR when empty'),
  ),
  jwtPreviousSecret: text(
    'JWT_PREVIOUS_SECRET',
    'Former JWT_SECRET, still accepted while tokens signed with it run out',
  ),
  accessTokenSeconds: integer('ACCESS_TOKEN_SECONDS', 'Life of an access token, in seconds', 900, [1, 86_400]),
  refreshTokenDays: integer('REFRESH_TOKEN_DAYS', 'Days after which an unused session ends', 60, [1, 3650]),
  corsOrigins: list('CORS_ORIGINS', 'Web origins that may call the server, separated by commas'),
  trustProxy: choice('TRUST_PROXY', 'Whether X-Forwarded-For of a reverse proxy is believed', 'no', [
    'no',
    'yes',
  ] as const),
  introspection: choice(
    'INTROSPECTION',
    'Whether clients may read the schema; auto means where the playground is, and everywhere but in production',
    'auto',
    ['auto', 'on', 'off'] as const,
  ),
  playground: choice(
    'PLAYGROUND',
    'Whether browsers are shown GraphiQL at /graphql; auto means everywhere but in production',
    'auto',
    ['auto', 'on', 'off'] as const,
  ),
  webApp: choice('WEB_APP', 'Whether the app for browsers is served at /', 'on', ['on', 'off'] as const),
  operationSeconds: integer('OPERATION_SECONDS', 'Longest time one request may take, in seconds', 30, [1, 600]),
  failedSignIns: integer(
    'FAILED_SIGN_INS',
    'Wrong passwords for one account in 15 minutes before it has to wait',
    10,
    [1, 1_000_000],
  ),
  failedSignInsPerAddress: integer(
    'FAILED_SIGN_INS_PER_ADDRESS',
    'Wrong passwords from one address in 15 minutes before it has to wait',
    100,
    [1, 1_000_000],
  ),
  publicUrl: text(
    'PUBLIC_URL',
    'Address by which devices reach the server, for URLs in answers; empty means localhost',
  ),
  fileNameCharacters: integer('LIMIT_FILE_NAME_CHARACTERS', 'Longest name of a file', 255, [1, 10_000]),
  mediaBytes: integer('LIMIT_MEDIA_BYTES', 'Largest photo, film or recording, in bytes', 2048 * MIB, [1, 2 ** 40]),
  userBytes: integer('LIMIT_USER_BYTES', 'Photos and recordings of one user together, in bytes', 15 * 1024 * MIB, [
    1,
    2 ** 50,
  ]),
  titleCharacters: integer('LIMIT_TITLE_CHARACTERS', 'Longest title', 500, [1, 100_000]),
  descriptionCharacters: integer('LIMIT_DESCRIPTION_CHARACTERS', 'Longest description', 10_000, [1, 1_000_000]),
  textBytes: integer('LIMIT_TEXT_BYTES', 'Longest text of an entry, in bytes of UTF-8', MIB, [1, 64 * MIB]),
  pushMutations: integer('LIMIT_PUSH_MUTATIONS', 'Most mutations in one push', 500, [1, 10_000]),
  requestBytes: integer('LIMIT_REQUEST_BYTES', 'Largest request body, in bytes', 4 * MIB, [1024, 64 * MIB]),
  pageRows: integer('LIMIT_PAGE_ROWS', 'Most rows in one page of a feed', 1000, [1, 10_000]),
  pageBytes: integer('LIMIT_PAGE_BYTES', 'Bytes of text after which a page of a feed ends', 4 * MIB, [1024, 64 * MIB]),
};

export type Config = { [Name in keyof typeof settings]: (typeof settings)[Name]['defaultValue'] };

/** Where the checked configuration is found by injection. */
export const CONFIG = Symbol('CONFIG');

/** Lists everything that is wrong with the environment at once. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration is not complete:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** Reads and checks all settings. @throws ConfigError naming each variable that is missing or wrong */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const production = environment['NODE_ENV'] === 'production';
  const read = (setting: Setting<unknown>): unknown => {
    const given = environment[setting.variable];
    if (given === undefined || given === '') {
      if (production && setting.requiredInProduction)
        problems.push(`${setting.variable} is missing: ${setting.description}`);
      return setting.defaultValue;
    }
    try {
      return setting.parse(given);
    } catch (error) {
      if (!(error instanceof InvalidSetting)) throw error;
      problems.push(`${setting.variable} ${error.message}`);
      return setting.defaultValue;
    }
  };
  const config = Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, read(setting)])) as Config;
  for (const name of ['s3Endpoint', 's3Bucket', 's3AccessKey', 's3SecretKey'] as const) {
    if (config.blobStore === 's3' && config[name] === '') {
      problems.push(`${settings[name].variable} is missing: BLOB_STORE is s3`);
    }
  }
  for (const name of ['jwtSecret', 'jwtPreviousSecret'] as const) {
    if (config[name] !== '' && config[name].length < 32) {
      problems.push(`${settings[name].variable} must have at least 32 characters`);
    }
  }
  if (config.playground === 'on' && config.introspection === 'off') {
    problems.push('PLAYGROUND is on, and its page reads the schema: INTROSPECTION must not be off');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

type Shown = Pick<Config, 'environment' | 'introspection' | 'playground'>;

/** Whether browsers are shown the playground. It is of no use where they may not read the schema. */
export function hasPlayground({ environment, introspection, playground }: Shown): boolean {
  if (introspection === 'off') return false;
  return playground === 'on' || (playground === 'auto' && environment !== 'production');
}

/** Whether clients may read the schema. */
export function allowsIntrospection(config: Shown): boolean {
  if (config.introspection !== 'auto') return config.introspection === 'on';
  return config.environment !== 'production' || hasPlayground(config);
}

/**
 * The limits that stand in the schema's descriptions, read when the schema's classes load.
 * A wrong value falls back to its default here; `readConfig` then refuses to start.
 */
export const limits: Readonly<Config> = (() => {
  try {
    return readConfig();
  } catch {
    return readConfig({});
  }
})();
