import type { VNode } from 'preact';

interface ProgressBarProps {
  label: string;
  /** Without both nothing is known but that it goes on. */
  done?: number;
  total?: number;
}

/** One bar with its numbers. */
export function ProgressBar({ label, done, total }: ProgressBarProps): VNode {
  const isKnown = done !== undefined && total !== undefined;
  return (
    <label class="data-bar">
      <span class="data-bar-words">
        {label} {isKnown && <span class="soft">{`${done.toLocaleString('en')} of ${total.toLocaleString('en')}`}</span>}
      </span>
      {isKnown ? <progress value={done} max={total} /> : <progress />}
    </label>
  );
}
