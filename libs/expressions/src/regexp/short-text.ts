import type { PatternNode } from './pattern-syntax.js';
import { ASSERTION } from './pattern-syntax.js';

/** Steps that the JavaScript engine may take for one answer: about ten microseconds. */
const MAX_STEPS = 4_096;
/** Of the engine's steps, as many as one of ours takes the time of. */
const STEPS_PER_UNIT = 32;

/** An upper bound for the engine's steps: `ways * size * (length of the text + 1) ** loops`. */
interface Bound {
  /** Alternatives and counted repeats, multiplied. */
  ways: number;
  /** Characters and sets on one of the ways. */
  size: number;
  /** Loops without a limit, and the search for a beginning. */
  loops: number;
}

/**
 * A regular expression as the JavaScript engine's own, for texts so short that its backtracking is bounded. Only loops
 * over single characters are let through: each of them has at most one place more than the text has characters to end
 * at, so the number of ways to be tried is known beforehand.
 */
export class ShortTextTest {
  private constructor(
    private readonly native: RegExp,
    private readonly bound: Bound,
  ) {}

  /** Undefined for a pattern whose time cannot be bounded so simply. */
  static of(root: PatternNode, source: string, flags: string): ShortTextTest | undefined {
    const bound: Bound = { ways: 1, size: 1, loops: 0 };
    if (/[gmy]/.test(flags) || !addTo(bound, root)) return undefined;
    if (!startsAtBeginning(root)) bound.loops++;
    bound.loops = Math.max(bound.loops, 1);
    return new ShortTextTest(new RegExp(source, flags), bound);
  }

  /** What a test of this text costs in matching steps; undefined when the text is too long for it. */
  charge(text: string): number | undefined {
    const { loops, size, ways } = this.bound;
    let steps = ways * size;
    for (let loop = 0; loop < loops && steps <= MAX_STEPS; loop++) steps *= text.length + 1;
    return steps <= MAX_STEPS ? 1 + Math.ceil(steps / STEPS_PER_UNIT) : undefined;
  }

  test(text: string): boolean {
    return this.native.test(text);
  }
}

/** Adds what a part may cost; false when that is not bounded. */
function addTo(bound: Bound, node: PatternNode): boolean {
  switch (node.type) {
    case 'sequence':
      return node.items.every((item) => addTo(bound, item));
    case 'alternatives':
      bound.ways *= node.items.length;
      return bound.ways <= MAX_STEPS && node.items.every((item) => addTo(bound, item));
    case 'group':
      return addTo(bound, node.body);
    case 'repeat': {
      if (node.body.type !== 'character' && node.body.type !== 'set') return false;
      if (node.max === Infinity) bound.loops++;
      else bound.ways *= node.max - node.min + 1;
      bound.size += Math.max(node.min, node.max === Infinity ? 1 : node.max);
      return bound.ways * bound.size <= MAX_STEPS;
    }
    case 'lookahead':
      return false;
    default:
      bound.size++;
      return true;
  }
}

function startsAtBeginning(root: PatternNode): boolean {
  const first = root.type === 'sequence' ? root.items[0] : root;
  return first?.type === 'assertion' && first.kind === ASSERTION.start;
}
