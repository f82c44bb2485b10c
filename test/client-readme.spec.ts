import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import typescript from 'typescript';

const blocks = [...readFileSync('client/README.md', 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, code = '']) => code,
);
/** What the later examples take from the first one. */
const CONTEXT = `import type { LogDate } from '@logdate/client';\ndeclare const db: LogDate;\n`;
let folder: string;

beforeAll(() => {
  // Inside client/, where its own name and its dependencies resolve.
  folder = mkdtempSync(resolve('client', '.readme-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says of each example, all in one program. */
function problemsOf(examples: readonly string[]): string[][] {
  const files = examples.map((code, index) => {
    const file = join(folder, `example-${index}.ts`);
    writeFileSync(file, code.includes('openLogDate') ? code : CONTEXT + code);
    return file;
  });
  const program = typescript.createProgram(files, {
    target: typescript.ScriptTarget.ES2023,
    module: typescript.ModuleKind.NodeNext,
    moduleResolution: typescript.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: true,
  });
  const found = typescript.getPreEmitDiagnostics(program);
  return files.map((path) =>
    found
      .filter(({ file }) => file?.fileName === path)
      .map(({ messageText }) => typescript.flattenDiagnosticMessageText(messageText, '\n')),
  );
}

test('the examples of the client’s README compile against the built package', () => {
  expect(blocks).toHaveLength(4);
  const wrong = blocks[0]!.replace('db.journals.save', 'db.journals.keep');
  const [misspelt, ...ofReadme] = problemsOf([wrong, ...blocks]);
  expect(ofReadme).toEqual([[], [], [], []]);
  // Else nothing was compiled at all.
  expect(misspelt).not.toEqual([]);
});

test('SPEC.md names tests that are there', () => {
  const named = [...readFileSync('client/SPEC.md', 'utf8').matchAll(/\| `([\w./-]+\.ts)` › (.*?) ?\|$/gm)];
  expect(named.length).toBeGreaterThan(30);
  const missing = named.filter(([, file = '', name = '']) => {
    const path = file.includes('/') ? file : `client/test/${file}`;
    return !readFileSync(path, 'utf8').includes(name);
  });
  expect(missing.map(([row]) => row)).toEqual([]);
});
