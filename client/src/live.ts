/** A value that changes: read it, or be told. */
export interface Live<T> {
  get(): T;
  /** Tells the present value at once and each new one, until the answer is called. */
  subscribe(listener: (value: T) => void): () => void;
}

/** A Live value and the way to change it. */
export class LiveValue<T> implements Live<T> {
  private readonly listeners = new Set<(value: T) => void>();

  constructor(private value: T) {}

  get(): T {
    return this.value;
  }

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const listener of this.listeners) listener(value);
  }

  subscribe(listener: (value: T) => void): () => void {
    this.listeners.add(listener);
    listener(this.value);
    return () => void this.listeners.delete(listener);
  }
}
