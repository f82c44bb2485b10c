import type { VNode } from 'preact';

interface ChooseZipProps {
  /** Whether a file is held over the screen. */
  isOver: boolean;
  take: (files: File[]) => void;
}

/** Where a ZIP is picked or dropped. */
export function ChooseZip({ isOver, take }: ChooseZipProps): VNode {
  return (
    <div class={isOver ? 'data-drop data-drop-over' : 'data-drop'}>
      <label class="button button-main data-choose">
        Choose a ZIP file…
        <input
          type="file"
          class="visually-hidden"
          accept=".zip,application/zip"
          onChange={({ currentTarget }) => {
            take([...(currentTarget.files ?? [])]);
            // The same file may be chosen again.
            currentTarget.value = '';
          }}
        />
      </label>
      <span class="soft">{isOver ? 'Let go to import it' : 'or drop it anywhere here'}</span>
    </div>
  );
}
