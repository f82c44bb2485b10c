import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { clockWords } from './file-words.js';
import { canRecord, startRecording, whyNotRecorded, type Recording } from './recording.js';

/** Records sound; the microphone is asked for at the press and not before. */
export function RecordButton({ onRecorded }: { onRecorded: (file: File) => void }): VNode | null {
  const recording = useRef<Recording | undefined>(undefined);
  const state = useSignal<'idle' | 'asking' | 'recording'>('idle');
  const problem = useSignal('');
  const isGone = useRef(false);
  const start = async (): Promise<void> => {
    state.value = 'asking';
    problem.value = '';
    try {
      recording.current = await startRecording();
      state.value = 'recording';
      if (isGone.current) await stop();
    } catch (error) {
      state.value = 'idle';
      problem.value = whyNotRecorded(error);
    }
  };
  const stop = async (): Promise<void> => {
    const ended = recording.current?.stop();
    recording.current = undefined;
    state.value = 'idle';
    if (ended !== undefined) onRecorded(await ended);
  };
  const stopNow = (): void => void stop();
  // Who leaves the editor while it records has said what is to be kept.
  useEffect(
    () => () => {
      isGone.current = true;
      stopNow();
    },
    [],
  );
  if (!canRecord()) return null;
  return (
    <>
      {state.value === 'recording' ? (
        <button type="button" class="button record-stop" onClick={stopNow}>
          Stop <RecordingTime />
        </button>
      ) : (
        <button type="button" class="button" disabled={state.value === 'asking'} onClick={() => void start()}>
          Record
        </button>
      )}
      {problem.value !== '' && (
        <p class="problem editor-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function RecordingTime(): VNode {
  const seconds = useSignal(0);
  useEffect(() => {
    const startedAt = Date.now();
    const timer = setInterval(() => (seconds.value = (Date.now() - startedAt) / 1000), 250);
    const warn = (event: Event): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => {
      clearInterval(timer);
      removeEventListener('beforeunload', warn);
    };
  }, []);
  return (
    <span role="timer" aria-label="Recorded">
      {clockWords(seconds.value)}
    </span>
  );
}
