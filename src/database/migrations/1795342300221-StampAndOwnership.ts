import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What TypeORM's entities cannot say: the sequence behind the stamp, and the one look across owners. */
export class StampAndOwnership1795342300221 implements MigrationInterface {
  name = 'StampAndOwnership1795342300221';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SEQUENCE server_version_seq AS bigint');
    // Of the ids given, those that another user has in `table.column` and this one has not. It runs as the owner of
    // the tables, so that it still sees every row when the server's role no longer does; it returns nothing but ids.
    // Without its index the planner would read the whole table while it has no statistics yet.
    await runner.query(`
      CREATE FUNCTION ids_of_others(of_user uuid, in_column text, ids uuid[]) RETURNS SETOF uuid
      LANGUAGE plpgsql STABLE SECURITY DEFINER
      SET search_path = public, pg_temp SET enable_seqscan = off AS $function$
      BEGIN
        RETURN QUERY EXECUTE format(
          'SELECT DISTINCT theirs.%1$I FROM %2$I AS theirs
            WHERE theirs.%1$I = ANY ($1) AND theirs.user_id <> $2
              AND (SELECT true FROM %2$I AS own WHERE own.user_id = $2 AND own.%1$I = theirs.%1$I LIMIT 1) IS NULL',
          split_part(in_column, '.', 2), split_part(in_column, '.', 1)) USING ids, of_user;
      END
      $function$`);
    await runner.query('REVOKE ALL ON FUNCTION ids_of_others FROM PUBLIC');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION ids_of_others');
    await runner.query('DROP SEQUENCE server_version_seq');
  }
}
