import { EXPRESSION_ERROR_CODE, Fault } from '../expression.errors.js';

/** Limits of the text itself, checked before anything is compiled. */
export const SOURCE_LIMITS = {
  /** Characters of one expression. */
  length: 10_240,
  /** Levels of nesting: brackets, operators, member accesses. */
  depth: 200,
  /** Nodes of the syntax tree. */
  nodes: 4_000,
} as const;

export function tooDeep(offset: number): Fault {
  const message = `The expression is nested deeper than ${SOURCE_LIMITS.depth} levels; split it over several steps.`;
  return new Fault(EXPRESSION_ERROR_CODE.limit, message, offset);
}

export function tooLong(length: number, offset: number): Fault {
  const message = `An expression may have at most ${SOURCE_LIMITS.length} characters; this one has ${length}.`;
  return new Fault(EXPRESSION_ERROR_CODE.limit, message, offset);
}
