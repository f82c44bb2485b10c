/** How a person changes a text: each save writes one new mark, and may take others away. */
import type { Body, RowType } from '../../client/src/resources.js';
import type { EditKind } from './commands.js';

/** More than the model's server takes for one text. */
const SWOLLEN = 'x'.repeat(700);

const proseOf = (type: RowType): string => (type === 'journal' ? 'description' : 'content');
const sentence = (mark: string): string => `${mark} came. `;

/** The fields that an edit changes; an even `at` also mends what the server would refuse. */
export function edited(type: RowType, body: Body, edit: { how: EditKind; at: number }, mark: string): Partial<Body> {
  const prose = proseOf(type);
  const text = String(body[prose] ?? '');
  const base = edit.at % 2 === 0 ? mended(text) : text;
  const fields = { [prose]: editedText(base, edit, mark) };
  if (type === 'journal') return edit.how === 'title' ? { title: sentence(mark) } : fields;
  if (edit.how === 'mistype') return { ...fields, type: 'POEM' };
  return edit.at % 2 === 0 ? { ...fields, type: 'TEXT' } : fields;
}

/** What is left of a text when all that the server would refuse is taken out. */
export function mended(text: string): string {
  return text.replaceAll('\0', '').replaceAll(SWOLLEN, '');
}

/** A text that a person makes of two: every sentence of both, and one that is new. */
export function mergedByHand(type: RowType, mine: Body | null, theirs: Body, mark: string): Body {
  const prose = proseOf(type);
  const marks = [mine, theirs].flatMap((body) => String(body?.[prose] ?? '').match(/W\d+/g) ?? []);
  const text = [...new Set([...marks, mark])].map(sentence).join('');
  return { ...theirs, ...mine, [prose]: text, ...(type === 'content' && { type: 'TEXT' }) };
}

function editedText(text: string, { how, at }: { how: EditKind; at: number }, mark: string): string {
  const sentences = text.match(/[^.]*\.\s*/g) ?? [];
  const place = sentences.length === 0 ? 0 : at % sentences.length;
  const chosen = sentences[place] ?? '';
  const replaced = (by: string, count = 1): string => sentences.toSpliced(place, count, by).join('');
  switch (how) {
    case 'prepend':
      return sentence(mark) + text;
    case 'replace':
      return replaced(sentence(mark));
    case 'shorten':
      return replaced(sentence(mark), 2);
    case 'within':
      return replaced(chosen === '' ? sentence(mark) : chosen.replace(' ', ` ${mark} `));
    case 'spoil':
      return `${text}${mark}\0 came. `;
    case 'swell':
      return `${text}${mark} ${SWOLLEN} came. `;
    default:
      return text + sentence(mark);
  }
}
