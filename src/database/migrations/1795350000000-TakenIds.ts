import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The question before all look-ups: a push of new rows then asks for neither its own rows nor those of others. */
export class TakenIds1795350000000 implements MigrationInterface {
  name = 'TakenIds1795350000000';

  async up(runner: QueryRunner): Promise<void> {
    // Whether anybody has one of the ids given in `table.column`. As `ids_of_others` it runs as the owner of the tables
    // and with its index only. The sub-select hides the ids from the planner, which would weigh each of them.
    await runner.query(`
      CREATE FUNCTION is_any_taken(in_column text, ids uuid[]) RETURNS boolean
      LANGUAGE plpgsql STABLE SECURITY DEFINER
      SET search_path = public, pg_temp SET enable_seqscan = off AS $function$
      DECLARE
        is_taken boolean;
      BEGIN
        EXECUTE format('SELECT EXISTS (SELECT FROM %2$I WHERE %1$I = ANY ((SELECT $1)::uuid[]))',
          split_part(in_column, '.', 2), split_part(in_column, '.', 1)) INTO is_taken USING ids;
        RETURN is_taken;
      END
      $function$`);
    await runner.query('REVOKE ALL ON FUNCTION is_any_taken FROM PUBLIC');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION is_any_taken');
  }
}
