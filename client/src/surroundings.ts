// What the engine is told about the device it runs on.

/** `foreground`: a person looks at the app again; `background`: no more; `online`: a network is there again. */
export type SurroundingsEvent = 'foreground' | 'background' | 'online';

export interface Surroundings {
  /** False only where the device is sure that it has no network. */
  online(): boolean;
  /** Whether a person may be looking. */
  visible(): boolean;
  /** Calls the listener with each event, until the answer is called. */
  on(event: SurroundingsEvent, listener: () => void): () => void;
}

/** A process of its own, as in Node: always there, and only trying tells whether a server can be reached. */
export const plainSurroundings: Surroundings = {
  online: () => true,
  visible: () => true,
  on: () => () => undefined,
};
