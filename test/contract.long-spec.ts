/** The contract at its other mount: `npm test` has it at `/`. */
import { readdir } from 'node:fs/promises';
import { MOUNTS } from './contract/support/contract-server.js';

process.env['CONTRACT_MOUNT'] = MOUNTS.newer;
for (const file of await readdir(new URL('contract', import.meta.url))) {
  if (file.endsWith('.e2e-spec.ts')) await import(`./contract/${file.replace(/ts$/, 'js')}`);
}
