/** Writes the GraphQL schema to schema.gql; with --check it only says whether the file is up to date. */
import { readFile, writeFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { printSchema } from 'graphql';
import { AppModule } from '../src/app.module.js';

const FILE = 'schema.gql';

/** The classes that a module and the modules it imports provide; resolvers are among them. */
function providersOf(module: unknown, seen = new Set<unknown>()): Function[] {
  if (typeof module !== 'function' || seen.has(module)) return [];
  seen.add(module);
  const own = (Reflect.getMetadata('providers', module) ?? []) as unknown[];
  const imported = (Reflect.getMetadata('imports', module) ?? []) as unknown[];
  return [
    ...own.filter((provider): provider is Function => typeof provider === 'function'),
    ...imported.flatMap((one) => providersOf(one, seen)),
  ];
}

const builder = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: ['error'] });
const schema = await builder.get(GraphQLSchemaFactory).create(providersOf(AppModule));
const text = `# Made from the code by \`npm run schema\`; not edited by hand.\n\n${printSchema(schema)}\n`;
if (!process.argv.includes('--check')) {
  await writeFile(FILE, text);
} else if ((await readFile(FILE, 'utf8').catch(() => '')) !== text) {
  process.stderr.write(`${FILE} is not up to date: run \`npm run schema\`\n`);
  process.exitCode = 1;
}
await builder.close();
