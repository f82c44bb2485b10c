#!/bin/sh
# Runs once, on an empty database folder: the two roles of LogDate Cloud and their database. The same as the embedded
# PostgreSQL gets in src/database/postgres-roles.ts: the owner makes the tables, the server's role only uses rows,
# and the owner's migrations give it the right to.
set -eu

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
  --set=owner_password="${DATABASE_OWNER_PASSWORD:?is not set}" \
  --set=app_password="${DATABASE_APP_PASSWORD:?is not set}" <<'SQL'
CREATE ROLE logdate_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE logdate_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
CREATE DATABASE logdate OWNER logdate_owner;
REVOKE ALL ON DATABASE logdate FROM PUBLIC;
GRANT CONNECT ON DATABASE logdate TO logdate_app;
\connect logdate
GRANT USAGE ON SCHEMA public TO logdate_app;
SQL
