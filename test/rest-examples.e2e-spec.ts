/** The examples of docs/rest.md, run one after the other in a shell as a reader pastes them. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { withTestServer } from './support/test-server.js';

const run = promisify(execFile);

it('docs/rest.md has examples that run', () =>
  withTestServer({}, async (server) => {
    const [, section = ''] = readFileSync('docs/rest.md', 'utf8').split('## Five minutes');
    const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code = '']) => code);
    expect(blocks).toHaveLength(5);
    const script = blocks.join('\necho\n').replaceAll('http://localhost:3000', server.url);
    const folder = mkdtempSync(join(tmpdir(), 'logdate-rest-'));
    try {
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder });
      const [saved, changed, file, page] = stdout
        .trim()
        .split(/\n+/)
        .map((line) => JSON.parse(line) as Record<string, any>);
      expect(changed!['serverVersion']).toBeGreaterThan(saved!['serverVersion']);
      expect(page!['changes']).toMatchObject([
        { id: saved!['id'], content: 'It rained, and the beans came up.', media: [{ mediaId: file!['mediaId'] }] },
      ]);
      const { stdout: bytes } = await run('curl', ['-s', '-H', `authorization: Bearer none`, file!['downloadUrl']]);
      expect(JSON.parse(bytes)).toMatchObject({ code: 'UNAUTHENTICATED' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }));
