import type { Runtime } from '../runtime/runtime.js';
import type { PatternProgram } from './compile-pattern.js';
import { PatternMatcher } from './match-pattern.js';

/** One match: where it and its groups start and end. */
export interface Match {
  start: number;
  end: number;
  /** The matched text and that of each group, undefined for a group that took no part. */
  texts: (string | undefined)[];
}

/**
 * A regular expression of the language. Never a JavaScript RegExp, so that no pattern can run without a budget, and a
 * JavaScript one is asked only where its time is bounded; its state is private, so no property of one can be read.
 */
export class Pattern {
  readonly #source: string;
  readonly #flags: string;
  readonly #program: PatternProgram;
  #lastIndex = 0;

  constructor(source: string, flags: string, program: PatternProgram) {
    this.#source = source;
    this.#flags = flags;
    this.#program = program;
  }

  isGlobal(): boolean {
    return this.#flags.includes('g');
  }

  isSticky(): boolean {
    return this.#flags.includes('y');
  }

  isUnicode(): boolean {
    return this.#program.unicode;
  }

  /** Named groups of a match, as JavaScript gives them; undefined when the pattern names none. */
  namedGroups(match: Match): Record<string, string | undefined> | undefined {
    if (!this.#program.hasNames) return undefined;
    const groups = Object.create(null) as Record<string, string | undefined>;
    this.#program.groupNames.forEach((name, index) => {
      if (name !== undefined) groups[name] = match.texts[index];
    });
    return groups;
  }

  /** Prepares a text to be searched, once or many times. */
  searcher(rt: Runtime, text: string): (from: number, sticky?: boolean) => Match | undefined {
    const matcher = new PatternMatcher(rt, this.#program, text);
    return (from, sticky = false) => {
      const slots = matcher.match(from, sticky);
      if (slots === undefined) return undefined;
      const texts: (string | undefined)[] = [];
      for (let slot = 0; slot < slots.length; slot += 2) {
        const [start = -1, end = -1] = [slots[slot], slots[slot + 1]];
        texts.push(start < 0 || end < 0 ? undefined : rt.text(text.slice(start, end)));
      }
      return { start: slots[0] ?? 0, end: slots[1] ?? 0, texts };
    };
  }

  /** `exec`, with the `lastIndex` of a global or sticky pattern. */
  next(rt: Runtime, text: string): Match | undefined {
    const resumes = this.isGlobal() || this.isSticky();
    const from = resumes ? this.#lastIndex : 0;
    const match = from > text.length ? undefined : this.searcher(rt, text)(from, this.isSticky());
    if (resumes) this.#lastIndex = match === undefined ? 0 : match.end;
    return match;
  }

  /** `test`: the same without the texts. */
  test(rt: Runtime, text: string): boolean {
    const quick = this.#program.shortText;
    const cost = quick?.charge(text);
    if (quick !== undefined && cost !== undefined) {
      rt.matched(cost);
      return quick.test(text);
    }
    const resumes = this.isGlobal() || this.isSticky();
    const from = resumes ? this.#lastIndex : 0;
    const matcher = new PatternMatcher(rt, this.#program, text);
    const slots = from > text.length ? undefined : matcher.match(from, this.isSticky());
    if (resumes) this.#lastIndex = slots?.[1] ?? 0;
    return slots !== undefined;
  }

  rewind(): void {
    this.#lastIndex = 0;
  }

  /** All matches from the start on, or, for one that is not global, the first. */
  matches(rt: Runtime, text: string): Match[] {
    if (!this.isGlobal()) {
      const match = this.next(rt, text);
      return match === undefined ? [] : [match];
    }
    const search = this.searcher(rt, text);
    const matches: Match[] = [];
    for (let from = 0; from <= text.length;) {
      const match = search(from, this.isSticky());
      if (match === undefined) break;
      rt.list(4);
      matches.push(match);
      from = match.end > match.start ? match.end : this.#after(text, match.end);
    }
    this.rewind();
    return matches;
  }

  #after(text: string, position: number): number {
    return this.isUnicode() && (text.codePointAt(position) ?? 0) > 0xffff ? position + 2 : position + 1;
  }

  toString(): string {
    return `/${this.#source}/${this.#flags}`;
  }
}
