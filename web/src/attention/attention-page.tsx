import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useRead } from '../journal/use-journal.js';
import { ConflictCard } from './conflict-card.js';
import { RefusedCard } from './refused-card.js';
import { readWaiting } from './waiting-rows.js';
import './attention.css';

/** All that waits for the person, at `/attention`. */
export function AttentionPage(): VNode {
  const waiting = useRead(readWaiting, []);
  const says = useSignal('');
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // At first, and when what had the focus is gone with its card.
    if (document.activeElement === null || document.activeElement === document.body) head.current?.focus();
  }, [waiting]);
  useEffect(() => head.current?.focus(), []);
  const { conflicts = [], refused = [] } = waiting ?? {};
  return (
    <>
      <h1 ref={head} tabIndex={-1}>
        Needs attention
      </h1>
      <p class="soft" role="status" aria-label="What was done">
        {says}
      </p>
      {waiting && conflicts.length + refused.length === 0 && <NothingWaits />}
      {conflicts.length > 0 && (
        <section aria-labelledby="conflicts">
          <h2 id="conflicts">Changed on two devices</h2>
          <p class="soft">Both versions are safe. Nothing is sent until you decide.</p>
          <ul class="attention-list">
            {conflicts.map((conflict) => (
              <ConflictCard key={`${conflict.type} ${conflict.id}`} conflict={conflict} />
            ))}
          </ul>
        </section>
      )}
      {refused.length > 0 && (
        <section aria-labelledby="refused">
          <h2 id="refused">Couldn’t be backed up</h2>
          <p class="soft">They are safe on this device, and only here.</p>
          <ul class="attention-list">
            {refused.map((each) => (
              <RefusedCard
                key={`${each.record.type} ${each.record.id}`}
                refused={each}
                onDone={(words) => (says.value = words)}
              />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function NothingWaits(): VNode {
  return (
    <div class="attention-nothing">
      <p>Nothing needs you.</p>
      <p class="soft">
        <a href="/">Back to the journal</a>
      </p>
    </div>
  );
}
