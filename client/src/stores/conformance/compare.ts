// What the checks compare with: they run where no test runner is.

/** The error with which something fails; it throws where it does not fail. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It should have failed');
}

/** Throws where something does not fail as this error. */
export async function rejected(
  promise: Promise<unknown>,
  expected: new (message: string) => Error = Error,
): Promise<void> {
  const error = await failureOf(promise);
  if (!(error instanceof expected)) throw new Error(`It should have failed as ${expected.name}`, { cause: error });
}

/** Throws where two values are not the same all the way down. */
export function same(actual: unknown, expected: unknown): void {
  if (!equal(actual, expected)) throw new Error(`${shown(actual)} should be ${shown(expected)}`);
}

function equal(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right;
  if (Object.prototype.toString.call(left) !== Object.prototype.toString.call(right)) return false;
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => equal((left as never)[name], (right as never)[name]));
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 500);
}
