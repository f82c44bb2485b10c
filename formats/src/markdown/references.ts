// The pictures and recordings that a Markdown text shows.
import { folderOf, inside } from '../paths.js';

const PATTERNS = [
  // ![caption](path "title"), ![caption](<path with spaces>)
  /!\[[^\]]*\]\(\s*<([^>\n]+)>/g,
  /!\[[^\]]*\]\(\s*([^\s)<]+)/g,
  // ![[path]], ![[path|size]]
  /!\[\[([^\]|#\n]+)/g,
  // <img src="path">, <video src>, <audio src>, <source src>
  /<(?:img|video|audio|source)\b[^>]*?\bsrc\s*=\s*["']([^"']+)["']/gi,
];

/** Paths inside the folder that the text of the file at `path` shows, each once, in the order of the text. */
export function referencesOf(path: string, text: string): string[] {
  const found = PATTERNS.flatMap((pattern) => [...text.matchAll(pattern)])
    .sort((one, other) => one.index - other.index)
    .flatMap(([, written = '']) => meant(path, written));
  return [...new Set(found)];
}

function meant(path: string, written: string): string[] {
  if (/^([a-z][a-z\d+.-]*:|\/|\\)/i.test(written)) return [];
  const found = inside(folderOf(path), decoded(written.trim()));
  return found ? [found] : [];
}

function decoded(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
