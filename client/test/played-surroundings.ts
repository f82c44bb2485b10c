import type { Surroundings, SurroundingsEvent } from '../src/surroundings.js';

/** Surroundings that a test changes. */
export class PlayedSurroundings implements Surroundings {
  isOnline = true;
  isVisible = true;
  private readonly listeners = new Map<SurroundingsEvent, Set<() => void>>();

  online(): boolean {
    return this.isOnline;
  }

  visible(): boolean {
    return this.isVisible;
  }

  on(event: SurroundingsEvent, listener: () => void): () => void {
    const listeners = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  happen(event: SurroundingsEvent): void {
    for (const listener of this.listeners.get(event) ?? []) listener();
  }

  get listening(): number {
    return [...this.listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
  }
}
