// Where the ZIP of an export goes.

/** The file dialog of browsers that can write into a file; not yet among the types of the DOM. */
interface FilePickers {
  showSaveFilePicker?: (options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }) => Promise<FileSystemFileHandle>;
}

/** "logdate-2026-03-01.zip", by the calendar of the person. */
export function zipName(at: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `logdate-${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}.zip`;
}

/**
 * Asks the person for a file; at once after a click, or the browser forbids it.
 * @returns null where this browser cannot write into files, undefined when the person chose none
 */
export async function chooseZipFile(suggestedName: string): Promise<FileSystemFileHandle | null | undefined> {
  const { showSaveFilePicker } = globalThis as FilePickers;
  if (showSaveFilePicker === undefined) return null;
  const types = [{ description: 'ZIP', accept: { 'application/zip': ['.zip'] } }];
  try {
    return await showSaveFilePicker({ suggestedName, types });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    // As in a frame, or where a policy forbids it: the download is left.
    return null;
  }
}

/** Hands a Blob to the downloads of the browser. */
export function download(zip: Blob, fileName: string): void {
  const url = URL.createObjectURL(zip);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has begun to read it once this task has ended; a minute is for slow ones.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
