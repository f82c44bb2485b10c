// The lines between two `---` at the head of a Markdown file: a small part of YAML that is written and read here alike.
// A value is plain text or a JSON string; a list has one item a line. Lines that are neither are kept as they stand.

/** A Markdown file cut in two. */
export interface FrontMatter {
  /** `key: value`, by key in lower case; of one that stands twice the first. */
  fields: Map<string, string>;
  /** `key:` with lines `  - item` below it. */
  lists: Map<string, string[]>;
  /** The lines of each key as they stand in the file, for keys that nobody here knows. */
  lines: Map<string, string[]>;
  /** Everything after the second `---`, to the character. */
  body: string;
}

const START = /^---[ \t]*\r?\n/;
const END = /^---[ \t]*(?:\r?\n|$(?![\s\S]))/m;
const KEY = /^([A-Za-z][\w -]*?)\s*:(?:[ \t]+(.*))?$/s;

/** Cuts a text at its front matter; undefined where it has none, or does not end it. */
export function splitFrontMatter(text: string): FrontMatter | undefined {
  const [start] = START.exec(text) ?? [];
  if (start === undefined) return undefined;
  const rest = text.slice(start.length);
  const found = END.exec(rest);
  if (!found) return undefined;
  return { ...readLines(rest.slice(0, found.index)), body: rest.slice(found.index + found[0].length) };
}

function readLines(block: string): Omit<FrontMatter, 'body'> {
  const fields = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const lines = new Map<string, string[]>();
  let key = '';
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = KEY.exec(line) ?? [];
    if (name !== undefined) {
      key = name.toLowerCase();
      if (!fields.has(key) && !lists.has(key)) {
        if (value === undefined || value === '') lists.set(key, []);
        else fields.set(key, readValue(value));
      }
    } else {
      const [, item] = /^\s*-\s+(.*)$/s.exec(line) ?? [];
      if (item !== undefined) lists.get(key)?.push(readValue(item));
    }
    if (line !== '') lines.set(key, [...(lines.get(key) ?? []), line]);
  }
  return { fields, lists, lines };
}

function readValue(written: string): string {
  const value = written.trim();
  if (value.startsWith("'") && value.endsWith("'") && value.length > 1) return value.slice(1, -1).replaceAll("''", "'");
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

/** A value that reads back as it is, here and in other programs: quoted, but for plain words, numbers and times. */
export function writeValue(value: string): string {
  const isPlain = /^[A-Za-z0-9][\w.:+-]*$/.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value);
  return isPlain ? value : quoted(value);
}

/** A JSON string of one line: U+0085, U+2028 and U+2029 end a line for readers of YAML. */
export function quoted(value: unknown): string {
  return JSON.stringify(value).replace(/[\u0085\u2028\u2029]/g, (end) => {
    return `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
