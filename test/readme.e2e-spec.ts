/** What the documents say: examples run, and what they name exists. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import typescript from 'typescript';
import { send } from './support/device.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const run = promisify(execFile);

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Its code names what only the reader is going to make. */
const RECIPE = 'docs/add-a-resource.md';

const textOf = (document: string): string => readFileSync(document, 'utf8');

/** The code blocks of a language, in order; only those under one heading if it is given. */
function blocksOf(document: string, language: string, heading?: string): string[] {
  const text = textOf(document);
  const section = heading === undefined ? text : (text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '');
  return [...section.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, written]) => written === language)
    .map(([, , code = '']) => code);
}

/** Headings as GitHub makes anchors of them. */
function anchorsOf(document: string): string[] {
  return [...textOf(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the examples of the README', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const hasShell = ['bash', 'curl', 'sed'].every((command) => {
    try {
      return execFileSync(command, ['--version'], { stdio: 'pipe' }).length > 0;
    } catch {
      return false;
    }
  });
  if (!hasShell) console.warn('Left out: this machine lacks bash, curl or sed');
  const itInShell = hasShell ? it : it.skip;

  itInShell('run one after the other in a shell', async () => {
    const blocks = blocksOf('README.md', 'sh', 'Talk to it');
    expect(blocks).toHaveLength(3);
    const script = blocks.join('\necho\n').replaceAll('http://localhost:3000', server.url);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script]);
    const [saved, page] = stdout
      .trim()
      .split(/\n+/)
      .map((line) => JSON.parse(line) as Record<'data', any>);
    const { id, serverVersion, updatedAt } = saved!.data.saveJournal;
    expect(page!.data.journalChanges).toEqual({
      changes: [{ id, title: 'Garden', serverVersion }],
      deletions: [],
      lastTimestamp: updatedAt,
      hasMore: false,
    });
  });

  it('run in GraphQL', async () => {
    const [signUp, save, pull] = blocksOf('README.md', 'graphql', 'Talk to it');
    const session = await send(server.url, signUp!);
    const token = { authorization: `Bearer ${session.data.signUp.accessToken}` };
    expect((await send(server.url, save!, {}, token)).errors).toBeUndefined();
    const { data } = await send(server.url, pull!, {}, token);
    expect(data.journalChanges.changes).toEqual([{ id: expect.any(String), title: 'Garden' }]);
  });
});

describe('the settings of the README', () => {
  it('are those of the code: if not, npm run settings', async () => {
    await run(process.execPath, ['dist/scripts/write-settings-table.js', '--check']);
  });
});

describe('the documents', () => {
  it('contain GraphQL that the schema allows', () => {
    const schema = buildSchema(textOf('schema.gql'));
    const faults = DOCUMENTS.filter((document) => document !== RECIPE)
      .flatMap((document) => blocksOf(document, 'graphql'))
      .flatMap((code) => validate(schema, parse(code)));
    expect(faults).toEqual([]);
  });

  it.each(DOCUMENTS)('%s links to files and headings that are there', (document) => {
    const links = [...textOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = links.filter((target) => {
      if (/^(https?|mailto):/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document : join(dirname(document), path);
      return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it.each(DOCUMENTS)('%s names commands and files that are there', (document) => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const commands = [...textOf(document).matchAll(/npm run (?:-\S+ )*([\w:-]+)/g)].map(([, name = '']) => name);
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);

    const files = [...textOf(document).matchAll(/`((?:src|test|scripts|docker|docs|dist\/scripts)\/[\w./-]*)`/g)];
    const missing = files.map(([, path = '']) => path).filter((path) => !existsSync(resolve(path)));
    expect(missing.filter((path) => document !== RECIPE || !path.startsWith('src/tags/'))).toEqual([]);
  });

  it('add-a-resource has code that compiles against the sources', () => {
    const code = new Map(
      [...textOf(RECIPE).matchAll(/^`(src\/tags\/[\w.-]+)`\n\n```ts\n(.*?)^```$/gms)].map(
        ([, path = '', text = '']) => [resolve(path), text],
      ),
    );
    expect(code.size).toBe(4);
    const { config } = typescript.readConfigFile('tsconfig.json', (path) => textOf(path)) as { config: object };
    const { options } = typescript.parseJsonConfigFileContent({ ...config, include: [] }, typescript.sys, '.');
    const usual = typescript.createCompilerHost(options);
    const host: typescript.CompilerHost = {
      ...usual,
      // Asked first, it would keep the compiler from looking into a folder that is not there.
      directoryExists: undefined,
      readFile: (path) => code.get(path) ?? usual.readFile(path),
      fileExists: (path) => code.has(path) || usual.fileExists(path),
      getSourceFile(path, version) {
        const text = code.get(path);
        return text === undefined
          ? usual.getSourceFile(path, version)
          : typescript.createSourceFile(path, text, version);
      },
    };
    const program = typescript.createProgram([...code.keys()], options, host);
    const faults = [...code.keys()].flatMap((path) =>
      typescript.getPreEmitDiagnostics(program, program.getSourceFile(path)),
    );
    expect(faults.map(({ messageText }) => typescript.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  });
});
