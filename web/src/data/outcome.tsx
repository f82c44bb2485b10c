import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface OutcomeProps {
  /** Changes with what there is to say. */
  state: string;
  children: ComponentChildren;
}

/** What became of an import or an export. Takes the focus when that changes: the button that was pressed is gone. */
export function Outcome({ state, children }: OutcomeProps): VNode | null {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(state);
  useEffect(() => {
    if (state !== before.current) place.current?.focus();
    before.current = state;
  }, [state]);
  if (state === 'none') return null;
  return (
    <div class="card data-outcome" tabIndex={-1} ref={place}>
      {children}
    </div>
  );
}
