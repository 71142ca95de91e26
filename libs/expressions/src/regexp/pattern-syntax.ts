/** The syntax tree of a regular expression. */
export type PatternNode =
  | { type: 'empty' }
  | { type: 'character'; code: number }
  /** Anything that matches one character; `raw` is its own text, such as `[a-z]` or `\d`. */
  | { type: 'set'; raw: string }
  | { type: 'sequence'; items: PatternNode[] }
  | { type: 'alternatives'; items: PatternNode[] }
  | { type: 'group'; index: number; body: PatternNode }
  | { type: 'repeat'; body: PatternNode; min: number; max: number; greedy: boolean; groups: [number, number] }
  | { type: 'assertion'; kind: Assertion }
  | { type: 'lookahead'; negative: boolean; body: PatternNode; groups: [number, number] };

export const ASSERTION = { start: 0, end: 1, boundary: 2, noBoundary: 3 } as const;
export type Assertion = (typeof ASSERTION)[keyof typeof ASSERTION];

export interface ParsedPattern {
  root: PatternNode;
  /** Names of the capturing groups, by number; index 0 is the whole match. */
  groupNames: (string | undefined)[];
}
