/** What a server says to its database, for tests that count statements or look at their plans. */
import { DataSource, type Logger } from 'typeorm';
import type { TestServer } from './test-server.js';

export interface Statement {
  sql: string;
  parameters: unknown[];
}

/** The statements that the server runs while `work` goes on, those of its other callers included. */
export async function statementsDuring(server: TestServer, work: () => Promise<unknown>): Promise<Statement[]> {
  const database = server.app.get(DataSource);
  const statements: Statement[] = [];
  const usual = database.logger;
  const silent = (): void => undefined;
  const recording: Logger = {
    logQuery: (sql, parameters = []) => void statements.push({ sql, parameters: parameters as unknown[] }),
    logQueryError: silent,
    logQuerySlow: silent,
    logSchemaBuild: silent,
    logMigration: silent,
    log: silent,
  };
  database.logger = recording;
  try {
    await work();
  } finally {
    database.logger = usual;
  }
  return statements;
}
