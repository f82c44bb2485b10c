#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('logdate is not built yet. In the folder of the repository: npm ci && npm run build\n');
  process.exitCode = 5;
}
