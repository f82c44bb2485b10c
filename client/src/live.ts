/** A value that changes: read it, or be told. */
export interface Live<T> {
  get(): T;
  /** Tells the present value at once and each new one, until the answer is called. */
  subscribe(listener: (value: T) => void): () => void;
}

/** A Live value and the way to change it. */
export class LiveValue<T> implements Live<T> {
  readonly #listeners = new Set<(value: T) => void>();

  constructor(private value: T) {}

  get(): T {
    return this.value;
  }

  /** Tells every listener; throws the first error that one of them threw, once all were told. */
  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    const errors: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    listener(this.value);
    return () => void this.#listeners.delete(listener);
  }
}
