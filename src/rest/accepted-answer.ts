/**
 * Whether somebody who asks for a file would rather have its description as JSON. Bytes are the usual answer: JSON
 * has to be named, and nothing that the file is may be wanted as much.
 */
export function prefersJson(accept: string | undefined, mimeType: string): boolean {
  const wishes = (accept ?? '').split(',').map(wishOf);
  const [group = ''] = mimeType.split('/');
  const wishFor = (...names: string[]): number =>
    Math.max(0, ...wishes.filter(({ name }) => names.includes(name)).map(({ weight }) => weight));
  return wishFor('application/json') > wishFor('*/*', `${group}/*`, mimeType);
}

function wishOf(part: string): { name: string; weight: number } {
  const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
  const weight = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1);
  return { name, weight: weight >= 0 && weight <= 1 ? weight : 0 };
}
