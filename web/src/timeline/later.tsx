import { useSignal } from '@preact/signals';
import type { ComponentType, VNode } from 'preact';
import { useEffect } from 'preact/hooks';

/** A part of a screen whose code comes when it is shown first. Until then there is nothing in its place. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => VNode | null {
  let Part: ComponentType<P> | undefined;
  return function Later(props) {
    const state = useSignal<'loading' | 'loaded' | 'failed'>('loading');
    useEffect(() => {
      if (Part !== undefined) return;
      load().then(
        (loaded) => {
          Part = loaded;
          state.value = 'loaded';
        },
        () => (state.value = 'failed'),
      );
    }, []);
    if (state.value === 'failed') return <LoadFailed />;
    return Part === undefined ? null : <Part {...props} />;
  };
}

function LoadFailed(): VNode {
  return (
    <p class="soft" role="alert">
      This part of the app could not be loaded. Your text is safe; reload once you are online.
    </p>
  );
}
