import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Media1795345441387 implements MigrationInterface {
  name = 'Media1795345441387';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "signed_uploads" (
                "user_id" uuid NOT NULL,
                "media_id" uuid NOT NULL,
                "upload_id" text,
                "created_at" bigint NOT NULL,
                CONSTRAINT "PK_28f08699210e2e3281e3a088898" PRIMARY KEY ("user_id", "media_id")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "media_bytes" ON "media" ("user_id", "sha256")
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP INDEX "public"."media_bytes"
        `);
    await queryRunner.query(`
            DROP TABLE "signed_uploads"
        `);
  }
}
