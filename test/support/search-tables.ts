import type { TestServer } from './test-server.js';

/** The tables that hold a text anywhere in a row, in clear or as bytes. */
export async function tablesWith(server: TestServer, text: string): Promise<string[]> {
  const tables = await server.sql<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await server.sql(
      `SELECT FROM ${name} AS t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0 LIMIT 1`,
      [text, Buffer.from(text).toString('hex')],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}
