// Sound from the microphone, as a file.

/** A recording that is being made. */
export interface Recording {
  /** Ends it and lets go of the microphone. */
  stop(): Promise<File>;
}

/** Kinds of sound that browsers record, the ones that more of them can play first. */
const TYPES = [
  ['audio/mp4', 'm4a'],
  ['audio/webm;codecs=opus', 'weba'],
  ['audio/ogg;codecs=opus', 'ogg'],
] as const;

/** Whether this browser can record at all. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined';
}

/** Asks for the microphone and begins. @throws DOMException where there is none, or the person says no */
export async function startRecording(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const [mimeType, ending] = TYPES.find(([type]) => MediaRecorder.isTypeSupported(type)) ?? ['', 'weba'];
  const recorder = new MediaRecorder(stream, mimeType === '' ? {} : { mimeType });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const ended = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve(), { once: true }));
  const startedAt = new Date();
  // In pieces: what was recorded before the microphone is unplugged is kept.
  recorder.start(1_000);
  return {
    async stop() {
      if (recorder.state !== 'inactive') recorder.stop();
      await ended;
      for (const track of stream.getTracks()) track.stop();
      return new File(parts, `Recording ${nameOf(startedAt)}.${ending}`, { type: recorder.mimeType });
    },
  };
}

/** Why there is no recording, in words. */
export function whyNotRecorded(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError')
    return 'This page may not use the microphone. Allow it in the settings of your browser, then press Record again.';
  if (name === 'NotFoundError') return 'No microphone was found.';
  if (name === 'NotReadableError') return 'The microphone is used by another app.';
  return 'This browser cannot record here. It needs an address that begins with https.';
}

/** As file names may have it on every system. */
function nameOf(time: Date): string {
  const digits = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${digits(time.getMonth() + 1)}-${digits(time.getDate())}`;
  return `${day} ${digits(time.getHours())}.${digits(time.getMinutes())}`;
}
