// Which addresses show the app. All others are the server's, and the worker leaves them alone.

/** The first parts of the paths in app.tsx. */
const SCREENS: ReadonlySet<string> = new Set([
  '',
  'activity',
  'attention',
  'conflict',
  'data',
  'deleted',
  'entry',
  'first-backup',
  'new',
  'settings',
  'sign-in',
  'sign-up',
]);

/** Whether a path shows a screen of the app. */
export function isAppAddress(path: string): boolean {
  return SCREENS.has(path.split('/', 2)[1] ?? '');
}
