import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { SnakeCase } from './snake-case.js';

const BIGINT = 20;

/** `pg` gives a bigint as text, and '10' > '9' is false: every bigint of this schema lies within ±2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text') => (oid === BIGINT ? Number : pg.types.getTypeParser(oid, format)),
};

interface PoolOptions {
  poolSize: number;
  /** Longest time of one statement, seconds. */
  statementSeconds: number;
}

/** What every connection to the database has in common. */
export function dataSourceOptions(
  url: string,
  { poolSize, statementSeconds }: PoolOptions,
): DataSourceOptions & { type: 'postgres' } {
  return {
    type: 'postgres',
    url,
    namingStrategy: new SnakeCase(),
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    migrationsTableName: 'migrations',
    poolSize,
    applicationName: 'logdate-cloud',
    connectTimeoutMS: 5_000,
    extra: {
      types,
      statement_timeout: statementSeconds * 1000,
      lock_timeout: statementSeconds * 1000,
      idle_in_transaction_session_timeout: statementSeconds * 2000,
      keepAlive: true,
      // One plan for all users. With the value in hand the planner takes a user whom its statistics do not know yet
      // for one with a single row, and reads all rows of a first backup for each key: measured at 40 times the time.
      // The isolation that the stamp relies on, said once for a connection: with each transaction it is a round trip more.
      options: String.raw`-c plan_cache_mode=force_generic_plan -c default_transaction_isolation=read\ committed`,
    },
  };
}
