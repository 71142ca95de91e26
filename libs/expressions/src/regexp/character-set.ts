const CACHED_CODES = 256;
const MAX_CACHED_OTHERS = 4_096;
const UNKNOWN = 0;
const MISS = 1;
const HIT = 2;

/**
 * Decides whether one character belongs to a set such as `[a-z]`, `\p{L}` or, ignoring case, `k`. The JavaScript
 * engine's own RegExp is asked about a single character, which takes constant time, so every set means what it means
 * there. Answers are remembered.
 */
export class CharacterSet {
  private readonly known = new Uint8Array(CACHED_CODES);
  private readonly others = new Map<number, boolean>();
  private readonly single: RegExp;

  constructor(raw: string, flags: string) {
    this.single = new RegExp(`^(?:${raw})$`, flags);
  }

  has(code: number): boolean {
    if (code < CACHED_CODES) {
      const known = this.known[code];
      if (known !== UNKNOWN) return known === HIT;
      const hit = this.single.test(String.fromCharCode(code));
      this.known[code] = hit ? HIT : MISS;
      return hit;
    }
    const known = this.others.get(code);
    if (known !== undefined) return known;
    const hit = this.single.test(String.fromCodePoint(code));
    if (this.others.size < MAX_CACHED_OTHERS) this.others.set(code, hit);
    return hit;
  }
}
