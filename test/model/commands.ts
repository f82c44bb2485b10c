/** What can happen in a history. Numbers choose among what is there, so that every list of commands can be played. */
import fc from 'fast-check';

export type Command =
  | { do: 'create'; device: number; tab: number; kind: 'journal' | 'content' }
  | { do: 'edit'; device: number; tab: number; row: number; how: EditKind; at: number }
  /** Two people write at the same place of one row before either knows of the other, then both back up. */
  | { do: 'clash'; first: number; second: number; row: number; at: number }
  | { do: 'delete'; device: number; tab: number; row: number }
  | { do: 'link' | 'unlink'; device: number; tab: number; journal: number; content: number }
  | { do: 'run' | 'sync'; device: number; tab: number; directions: Directions }
  /** A run that gets `steps` requests and answers far; then the line breaks, or it waits there. */
  | { do: 'part'; device: number; tab: number; directions: Directions; steps: number; breaks: boolean }
  | { do: 'finish'; device: number; tab: number }
  | { do: 'line'; device: number; tab: number; fate: Fate }
  | { do: 'late'; device: number }
  | { do: 'crash'; device: number; tab: number; after: number }
  | { do: 'backup' }
  | { do: 'restore'; backup: number }
  | { do: 'look'; device: number }
  | { do: 'resolve'; device: number; conflict: number; how: ResolutionKind; stale: boolean }
  | { do: 'retry' | 'discard'; device: number; refused: number };

const EDITS = ['append', 'prepend', 'replace', 'within', 'shorten', 'title', 'spoil', 'mistype', 'swell'] as const;
export type EditKind = (typeof EDITS)[number];
const FATES = ['on', 'lose', 'delay', 'repeat', 'fail'] as const;
export type Fate = (typeof FATES)[number];
const RESOLUTIONS = ['mine', 'theirs', 'both', 'merged'] as const;
const DIRECTIONS = ['both', 'up', 'down'] as const;
export type Directions = (typeof DIRECTIONS)[number];
export type ResolutionKind = (typeof RESOLUTIONS)[number];

export interface History {
  commands: Command[];
  /** Whether it begins with an entry that all devices have. */
  isShared: boolean;
  /** How what is left open is decided at the end. */
  decisions: number[];
  /** How far the clock of each device is ahead, in milliseconds. */
  skews: number[];
  /** Rows a page: small ones make many. */
  pageRows: number;
}

const pick = (most: number): fc.Arbitrary<number> => fc.nat({ max: most });
const device = fc.oneof({ weight: 2, arbitrary: pick(1) }, { weight: 1, arbitrary: fc.constant(2) });
// The second tab is the exception.
const tab = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });
// Faults show where several people write the same row.
const row = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: pick(4) });
const directions = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Directions>('both') },
  { weight: 1, arbitrary: fc.constantFrom(...DIRECTIONS) },
);
const always = <T extends string>(value: T): fc.Arbitrary<T> => fc.constant(value);

const edit = fc.record({
  do: always('edit'),
  device,
  tab,
  row,
  at: pick(3),
  how: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<EditKind>('append', 'prepend', 'replace', 'within', 'shorten', 'title') },
    { weight: 1, arbitrary: fc.constantFrom<EditKind>('spoil', 'mistype', 'swell') },
  ),
});
const line = fc.record({
  do: always('line'),
  device,
  tab,
  fate: fc.oneof(
    { weight: 5, arbitrary: always<Fate>('on') },
    { weight: 4, arbitrary: fc.constantFrom<Fate>('lose', 'delay', 'repeat', 'fail') },
  ),
});
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: always('create'),
      device,
      tab,
      kind: fc.constantFrom('journal' as const, 'content' as const, 'content' as const),
    }),
  },
  { weight: 26, arbitrary: edit },
  { weight: 9, arbitrary: fc.record({ do: always('clash'), first: device, second: device, row, at: pick(3) }) },
  { weight: 5, arbitrary: fc.record({ do: always('delete'), device, tab, row }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('link' as const, 'link' as const, 'unlink' as const),
      device,
      tab,
      journal: pick(2),
      content: pick(3),
    }),
  },
  { weight: 18, arbitrary: fc.record({ do: always('sync'), device, tab, directions }) },
  { weight: 4, arbitrary: fc.record({ do: always('run'), device, tab, directions }) },
  {
    weight: 14,
    arbitrary: fc.record({ do: always('part'), device, tab, directions, steps: pick(3), breaks: fc.boolean() }),
  },
  { weight: 8, arbitrary: line },
  { weight: 5, arbitrary: fc.record({ do: always('finish'), device, tab }) },
  { weight: 3, arbitrary: fc.record({ do: always('late'), device }) },
  { weight: 5, arbitrary: fc.record({ do: always('crash'), device, tab, after: pick(60) }) },
  { weight: 1, arbitrary: fc.record({ do: always('backup') }) },
  { weight: 1, arbitrary: fc.record({ do: always('restore'), backup: pick(3) }) },
  { weight: 1, arbitrary: fc.record({ do: always('look'), device }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: always('resolve'),
      device,
      conflict: pick(1),
      how: fc.constantFrom(...RESOLUTIONS),
      stale: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('retry' as const, 'discard' as const), device, refused: pick(1) }),
  },
);

const skew = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  // Ten years off, either way.
  { weight: 1, arbitrary: fc.integer({ min: -315_360_000_000, max: 315_360_000_000 }) },
);

/** Histories of three devices of one user. */
export const histories: fc.Arbitrary<History> = fc.record({
  isShared: fc.boolean(),
  commands: fc.array(command, { minLength: 4, maxLength: 40, size: 'max' }),
  decisions: fc.array(pick(11), { minLength: 1, maxLength: 6 }),
  skews: fc.array(skew, { minLength: 3, maxLength: 3 }),
  pageRows: fc.constantFrom(1, 2, 3, 1000),
});
