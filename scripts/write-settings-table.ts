/** Writes the README's table of settings from src/config.ts; with --check it only says whether it is up to date. */
import { readFile, writeFile } from 'node:fs/promises';
import { settings } from '../src/config.js';

const FILE = 'README.md';
const START = '<!-- settings: written by `npm run settings` -->';
const END = '<!-- settings end -->';

/** A Markdown table with a line for each setting, in the order of the code. */
function table(): string {
  const lines = Object.values(settings).map(({ variable, defaultValue, description, requiredInProduction }) => {
    const shown = defaultValue === '' || Array.isArray(defaultValue) ? '' : `\`${defaultValue}\``;
    const meaning = requiredInProduction ? `${description}. **Required in production**` : description;
    return `| \`${variable}\` | ${shown} | ${meaning.replaceAll('|', '\\|')} |`;
  });
  return ['| variable | default | meaning |', '|---|---|---|', ...lines].join('\n');
}

const text = await readFile(FILE, 'utf8');
const [start, end] = [text.indexOf(START), text.indexOf(END)];
if (start < 0 || end < start) throw new Error(`${FILE} needs the lines ${START} and ${END}`);
const updated = `${text.slice(0, start + START.length)}\n\n${table()}\n\n${text.slice(end)}`;

if (!process.argv.includes('--check')) {
  await writeFile(FILE, updated);
} else if (updated !== text) {
  process.stderr.write(`The settings in ${FILE} are not up to date: run \`npm run settings\`\n`);
  process.exitCode = 1;
}
