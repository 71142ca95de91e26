import type { JsonValue } from '@rpa/contracts';
import { compileExpression, ExpressionError } from '@rpa/expressions';
import { SchemaInvalid } from './check.js';

/**
 * A pattern as the expression language runs it: in a matcher with a step budget, so that no text can make it hang. A
 * pattern that the language refuses makes the schema invalid; a text that needs more than the budget does not match.
 */
export function compilePattern(source: JsonValue, path: readonly (string | number)[]): (text: string) => boolean {
  if (typeof source !== 'string') throw new SchemaInvalid(path, 'pattern must be a text');
  const compiled = firstAccepted(literalOf(source, path), path);
  return (text) => {
    try {
      return compiled.evaluate({ text }) === true;
    } catch (error) {
      if (error instanceof ExpressionError) return false;
      throw error;
    }
  };
}

/** The same pattern between slashes, with what a literal needs escaped. */
function literalOf(source: string, path: readonly (string | number)[]): string {
  try {
    return `/${new RegExp(source, 'u').source}/`;
  } catch {
    throw new SchemaInvalid(path, `The pattern ${source.slice(0, 200)} is no regular expression`);
  }
}

function firstAccepted(literal: string, path: readonly (string | number)[]) {
  try {
    return compileExpression(`${literal}u.test(text)`, { roots: ['text'] });
  } catch (error) {
    if (error instanceof ExpressionError) {
      throw new SchemaInvalid(path, `The pattern cannot be used: ${error.message}`);
    }
    throw error;
  }
}
