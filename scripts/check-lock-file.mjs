/**
 * Checks that package-lock.json is complete: that every optional dependency it names has an entry (npm leaves out what
 * its registry lacks, and then `npm ci` fails on the platforms that need it), and that nothing comes from another
 * registry. Usage: node scripts/check-lock-file.mjs [lock file]
 */
import { readFileSync } from 'node:fs';

const REGISTRY = 'registry.npmjs.org';

const { packages } = JSON.parse(readFileSync(process.argv[2] ?? 'package-lock.json', 'utf8'));
const problems = [];

for (const [folder, entry] of Object.entries(packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!foundFrom(folder, name)) {
      problems.push(`${folder || 'package.json'} names the optional dependency ${name}, which has no entry`);
    }
  }
  const source = entry.link ? undefined : entry.resolved;
  if (source !== undefined && hostOf(source) !== REGISTRY) problems.push(`${folder} comes from ${source}`);
}

for (const problem of problems) console.error(`package-lock.json: ${problem}`);
if (problems.length > 0) {
  console.error('Pin a version that is complete in the registry (or override it), then run `npm install` again.');
  process.exitCode = 1;
}

/** Whether `name` has an entry where Node would look for it from `folder`: there, then in each folder above. */
function foundFrom(folder, name) {
  for (let from = folder; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))) {
    if (`${from === '' ? '' : `${from}/`}node_modules/${name}` in packages) return true;
    if (from === '') return false;
  }
}

function hostOf(source) {
  return URL.canParse(source) ? new URL(source).host : source;
}
