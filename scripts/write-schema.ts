/**
 * Writes the GraphQL schema to schema.gql, and its types for the operations of client/; with --check it only says
 * whether both files are up to date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { minifyIntrospection, preprocessIntrospection } from 'gql.tada/internal';
import { introspectionFromSchema, printSchema, type GraphQLSchema } from 'graphql';
import { AppModule } from '../src/app.module.js';

const HEADER = 'Made from the code by `npm run schema`; not edited by hand.';

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
const files = {
  'schema.gql': `# ${HEADER}\n\n${printSchema(schema)}\n`,
  'client/src/graphql/schema-types.ts': `// ${HEADER}\nexport type Introspection = ${typesOf(schema)};\n`,
};
for (const [file, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`${file} is not up to date: run \`npm run schema\`\n`);
    process.exitCode = 1;
  }
}
await builder.close();

/** The schema as a type, in the form that gql.tada reads. */
function typesOf(served: GraphQLSchema): string {
  return preprocessIntrospection(
    minifyIntrospection(introspectionFromSchema(served, { descriptions: false, oneOf: true })),
  );
}
