/**
 * What JavaScript's `entries()`, `keys()`, `values()` and `matchAll()` give: something to be read once, by spread,
 * destructuring, `Array.from`, `Object.fromEntries` and nothing else.
 */
export class Sequence {
  readonly #items: unknown[];
  #next = 0;

  constructor(items: unknown[]) {
    this.#items = items;
  }

  next(): { done: boolean; value: unknown } {
    const done = this.#next >= this.#items.length;
    return { done, value: done ? undefined : this.#items[this.#next++] };
  }

  rest(): unknown[] {
    const items = this.#items.slice(this.#next);
    this.#next = this.#items.length;
    return items;
  }
}
