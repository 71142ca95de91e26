/** A regular expression of the language. Never a JavaScript RegExp, so that no pattern can run without a budget. */
export class Pattern {
  readonly #source: string;
  readonly #flags: string;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  toString(): string {
    return `/${this.#source}/${this.#flags}`;
  }
}
