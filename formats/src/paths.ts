// Paths inside a folder or a ZIP, with `/` on every machine.

/** The folder of a path; `.` for what lies at the top. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : path.slice(0, at);
}

/** The last part of a path. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The ending of a name with its point; empty where it has none, or is nothing else. */
export function endingOf(path: string): string {
  const name = lastPart(path);
  const at = name.lastIndexOf('.');
  return at <= 0 ? '' : name.slice(at);
}

/** The path that `relative` means in `folder`, from the top; undefined where that lies outside. */
export function inside(folder: string, relative: string): string | undefined {
  const parts: string[] = [];
  for (const part of `${folder}/${relative}`.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** Whether a name in an archive would lead out of the folder that it is unpacked into. */
export function pointsOutside(path: string): boolean {
  return /^([/\\]|[a-z]:)/i.test(path) || path.split(/[/\\]/).includes('..');
}
