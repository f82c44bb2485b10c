import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Initial1795342300220 implements MigrationInterface {
  name = 'Initial1795342300220';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "sessions" (
                "id" uuid NOT NULL,
                "user_id" uuid NOT NULL,
                "device_id" text NOT NULL,
                "device_name" text,
                "token_hash" bytea NOT NULL,
                "predecessor_hash" bytea,
                "successor_salt" bytea NOT NULL,
                "created_at" bigint NOT NULL,
                "last_used_at" bigint NOT NULL,
                "ended_at" bigint,
                "signed_out" boolean NOT NULL DEFAULT false,
                CONSTRAINT "PK_3238ef96f18b355b671619111bc" PRIMARY KEY ("id")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "sessions_device" ON "sessions" ("user_id", "device_id")
        `);
    await queryRunner.query(`
            CREATE TABLE "mutations" (
                "user_id" uuid NOT NULL,
                "mutation_id" uuid NOT NULL,
                "resource" text NOT NULL,
                "row_key" text NOT NULL,
                "server_version" bigint NOT NULL,
                "updated_at" bigint NOT NULL,
                "payload_hash" bytea NOT NULL,
                CONSTRAINT "PK_b033d00da6e600427a30fb2a4de" PRIMARY KEY ("user_id", "mutation_id")
            )
        `);
    await queryRunner.query(`
            CREATE TABLE "user_clock" (
                "user_id" uuid NOT NULL,
                "version" bigint NOT NULL DEFAULT '0',
                "ms" bigint NOT NULL DEFAULT '0',
                "epoch" uuid NOT NULL,
                CONSTRAINT "PK_f6239a1bf7abcaf4d7c088e75e9" PRIMARY KEY ("user_id")
            )
        `);
    await queryRunner.query(`
            CREATE TABLE "database_identity" (
                "only_row" boolean NOT NULL DEFAULT true,
                "epoch" uuid NOT NULL,
                "epoch_base" bigint NOT NULL,
                "cluster" text NOT NULL,
                CONSTRAINT "PK_cf040eccc1d24f284fbbea2fcdd" PRIMARY KEY ("only_row")
            )
        `);
    await queryRunner.query(`
            CREATE TABLE "associations" (
                "user_id" uuid NOT NULL,
                "server_version" bigint NOT NULL,
                "updated_at" bigint NOT NULL,
                "created_at" bigint NOT NULL,
                "client_updated_at" bigint NOT NULL,
                "device_id" text NOT NULL,
                "mutation_id" uuid NOT NULL,
                "deleted" boolean NOT NULL DEFAULT false,
                "deleted_at" bigint,
                "has_body" boolean NOT NULL DEFAULT true,
                "journal_id" uuid NOT NULL,
                "content_id" uuid NOT NULL,
                CONSTRAINT "associations_stamp" UNIQUE ("user_id", "updated_at"),
                CONSTRAINT "associations_version_before_time" CHECK (server_version <= updated_at),
                CONSTRAINT "associations_deleted_at" CHECK (deleted = (deleted_at IS NOT NULL)),
                CONSTRAINT "PK_422775756cf689dde5d6b10b521" PRIMARY KEY ("user_id", "journal_id", "content_id")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "associations_content" ON "associations" ("user_id", "content_id")
        `);
    await queryRunner.query(`
            CREATE INDEX "associations_version" ON "associations" ("user_id", "server_version")
        `);
    await queryRunner.query(`
            CREATE INDEX "associations_bodies_to_clear" ON "associations" ("deleted_at")
            WHERE deleted
                AND has_body
        `);
    await queryRunner.query(`
            CREATE TABLE "users" (
                "id" uuid NOT NULL,
                "username" text NOT NULL,
                "username_key" text NOT NULL,
                "password_hash" text NOT NULL,
                "created_at" bigint NOT NULL,
                CONSTRAINT "UQ_43f388ec81c5e6e796845dad903" UNIQUE ("username_key"),
                CONSTRAINT "PK_a3ffb1c0c8416b9fc6f907b7433" PRIMARY KEY ("id")
            )
        `);
    await queryRunner.query(`
            CREATE TABLE "content" (
                "user_id" uuid NOT NULL,
                "server_version" bigint NOT NULL,
                "updated_at" bigint NOT NULL,
                "created_at" bigint NOT NULL,
                "client_updated_at" bigint NOT NULL,
                "device_id" text NOT NULL,
                "mutation_id" uuid NOT NULL,
                "deleted" boolean NOT NULL DEFAULT false,
                "deleted_at" bigint,
                "has_body" boolean NOT NULL DEFAULT true,
                "id" uuid NOT NULL,
                "type" text NOT NULL,
                "content" text,
                "media_uri" text,
                "duration_ms" bigint NOT NULL DEFAULT '0',
                CONSTRAINT "content_stamp" UNIQUE ("user_id", "updated_at"),
                CONSTRAINT "content_type" CHECK (type IN ('TEXT', 'IMAGE', 'VIDEO', 'AUDIO')),
                CONSTRAINT "content_version_before_time" CHECK (server_version <= updated_at),
                CONSTRAINT "content_deleted_at" CHECK (deleted = (deleted_at IS NOT NULL)),
                CONSTRAINT "PK_0eac261e2642409a15abc7bda05" PRIMARY KEY ("user_id", "id")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "content_id" ON "content" ("id")
        `);
    await queryRunner.query(`
            CREATE INDEX "content_version" ON "content" ("user_id", "server_version")
        `);
    await queryRunner.query(`
            CREATE INDEX "content_bodies_to_clear" ON "content" ("deleted_at")
            WHERE deleted
                AND has_body
        `);
    await queryRunner.query(`
            CREATE TABLE "journals" (
                "user_id" uuid NOT NULL,
                "server_version" bigint NOT NULL,
                "updated_at" bigint NOT NULL,
                "created_at" bigint NOT NULL,
                "client_updated_at" bigint NOT NULL,
                "device_id" text NOT NULL,
                "mutation_id" uuid NOT NULL,
                "deleted" boolean NOT NULL DEFAULT false,
                "deleted_at" bigint,
                "has_body" boolean NOT NULL DEFAULT true,
                "id" uuid NOT NULL,
                "title" text NOT NULL,
                "description" text NOT NULL,
                CONSTRAINT "journals_stamp" UNIQUE ("user_id", "updated_at"),
                CONSTRAINT "journals_version_before_time" CHECK (server_version <= updated_at),
                CONSTRAINT "journals_deleted_at" CHECK (deleted = (deleted_at IS NOT NULL)),
                CONSTRAINT "PK_e6ae5dc93a754eb5123ecfbd075" PRIMARY KEY ("user_id", "id")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "journals_id" ON "journals" ("id")
        `);
    await queryRunner.query(`
            CREATE INDEX "journals_version" ON "journals" ("user_id", "server_version")
        `);
    await queryRunner.query(`
            CREATE INDEX "journals_bodies_to_clear" ON "journals" ("deleted_at")
            WHERE deleted
                AND has_body
        `);
    await queryRunner.query(`
            CREATE TABLE "media" (
                "user_id" uuid NOT NULL,
                "server_version" bigint NOT NULL,
                "updated_at" bigint NOT NULL,
                "created_at" bigint NOT NULL,
                "client_updated_at" bigint NOT NULL,
                "device_id" text NOT NULL,
                "mutation_id" uuid NOT NULL,
                "deleted" boolean NOT NULL DEFAULT false,
                "deleted_at" bigint,
                "has_body" boolean NOT NULL DEFAULT true,
                "media_id" uuid NOT NULL,
                "content_id" uuid,
                "file_name" text NOT NULL,
                "mime_type" text NOT NULL,
                "size_bytes" bigint NOT NULL,
                "sha256" text NOT NULL,
                "blob_ref" text,
                "status" text NOT NULL,
                CONSTRAINT "media_stamp" UNIQUE ("user_id", "updated_at"),
                CONSTRAINT "media_status" CHECK (status IN ('PENDING', 'READY')),
                CONSTRAINT "media_version_before_time" CHECK (server_version <= updated_at),
                CONSTRAINT "media_deleted_at" CHECK (deleted = (deleted_at IS NOT NULL)),
                CONSTRAINT "PK_2bd15960519a4e5495a37b9969f" PRIMARY KEY ("user_id", "media_id")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "media_content" ON "media" ("user_id", "content_id")
        `);
    await queryRunner.query(`
            CREATE INDEX "media_id" ON "media" ("media_id")
        `);
    await queryRunner.query(`
            CREATE INDEX "media_version" ON "media" ("user_id", "server_version")
        `);
    await queryRunner.query(`
            CREATE INDEX "media_bodies_to_clear" ON "media" ("deleted_at")
            WHERE deleted
                AND has_body
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP INDEX "public"."media_bodies_to_clear"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."media_version"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."media_id"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."media_content"
        `);
    await queryRunner.query(`
            DROP TABLE "media"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."journals_bodies_to_clear"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."journals_version"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."journals_id"
        `);
    await queryRunner.query(`
            DROP TABLE "journals"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."content_bodies_to_clear"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."content_version"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."content_id"
        `);
    await queryRunner.query(`
            DROP TABLE "content"
        `);
    await queryRunner.query(`
            DROP TABLE "users"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."associations_bodies_to_clear"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."associations_version"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."associations_content"
        `);
    await queryRunner.query(`
            DROP TABLE "associations"
        `);
    await queryRunner.query(`
            DROP TABLE "database_identity"
        `);
    await queryRunner.query(`
            DROP TABLE "user_clock"
        `);
    await queryRunner.query(`
            DROP TABLE "mutations"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."sessions_device"
        `);
    await queryRunner.query(`
            DROP TABLE "sessions"
        `);
  }
}
