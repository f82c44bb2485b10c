import type { ConflictPart } from '@logdate/client/conflict-parts';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { chosen, TEXT_FIELDS, typed, undecided, type Choice, type Decision } from './decision.js';
import { FIELD_NAMES } from './field-names.js';
import { PartCard } from './part-card.js';
import type { Resolver } from './resolver.js';

/** A stretch of clear text, or the number of a part that is a card. */
type Piece = { text: string } | { part: number };

/** What is clear as text, what is not as cards; a choice leads on to the next card without one. */
export function Parts({ decision, resolver }: { decision: Decision; resolver: Resolver }): VNode {
  const place = useRef<HTMLDivElement>(null);
  const cards = decision.parts.flatMap(({ merged }, part) => (merged === undefined ? [part] : []));
  const choose = (part: number, choice: Choice | null): void => {
    resolver.decide((before) => chosen(before, part, choice));
    if (choice !== null && choice !== 'edited') leadOn(part);
  };
  const leadOn = (part: number): void => {
    const now = resolver.screen.peek();
    const left = now.state === 'deciding' ? undecided(now.decision) : [];
    const next = left.find((other) => other > part) ?? left[0];
    const to = next === undefined ? '#whole-text' : `[data-part="${next}"]`;
    // The whole text is there once the choice is drawn.
    requestAnimationFrame(() => place.current?.parentElement?.querySelector<HTMLElement>(to)?.focus());
  };
  const card = (part: number, of: ConflictPart): VNode => (
    <PartCard
      key={part}
      part={of}
      number={part}
      title={`Part ${cards.indexOf(part) + 1} of ${cards.length}`}
      isReplaced={decision.whole !== null}
      choice={decision.choices[part] ?? null}
      edited={decision.edited[part] ?? null}
      onChoose={(choice) => choose(part, choice)}
      onType={(text) => resolver.decide((before) => typed(before, part, text))}
      onDone={() => leadOn(part)}
    />
  );
  return (
    <div ref={place}>
      {fieldsOf(decision).map((field) => (
        <section key={field} aria-labelledby={`field-${field}`}>
          <h2 id={`field-${field}`}>{FIELD_NAMES[field] ?? field}</h2>
          {piecesOf(decision.parts, field).map((piece, index) => {
            if ('text' in piece) {
              return (
                <p key={`text ${index}`} class="prose deciding-clear">
                  {piece.text.trim()}
                </p>
              );
            }
            const part = decision.parts[piece.part];
            return part && card(piece.part, part);
          })}
        </section>
      ))}
    </div>
  );
}

/** Fields of text, and those others that must be decided. */
function fieldsOf({ type, parts }: Decision): string[] {
  const unclear = parts.filter(({ merged }) => merged === undefined).map(({ field }) => field);
  return [...new Set([...(TEXT_FIELDS[type] ?? []), ...unclear])];
}

function piecesOf(parts: readonly ConflictPart[], field: string): Piece[] {
  const pieces: Piece[] = [];
  for (const [part, { field: ofField, merged }] of parts.entries()) {
    if (ofField !== field) continue;
    const last = pieces.at(-1);
    if (merged === undefined) pieces.push({ part });
    else if (last && 'text' in last) last.text += String(merged ?? '');
    else pieces.push({ text: String(merged ?? '') });
  }
  return pieces.filter((piece) => 'part' in piece || piece.text.trim() !== '');
}
