/** What can be wrong with an expression. Stable: callers branch on these, never on the message. */
export const EXPRESSION_ERROR_CODE = {
  /** Not parseable. */
  syntax: 'syntax_error',
  /** Parseable JavaScript that the language does not have, or a name that it never hands out. */
  forbidden: 'forbidden',
  /** A root, function or method that does not exist; the message suggests the nearest one. */
  unknownName: 'unknown_name',
  /** The text itself is too long, too deep or too large. */
  limit: 'limit_exceeded',
  /** The evaluation needed more steps, memory, recursion or matching time than its budget. */
  budget: 'budget_exceeded',
  /** What JavaScript reports as a TypeError, such as reading a property of null. */
  type: 'type_error',
  /** What JavaScript reports as a RangeError, or a function got an argument that it cannot use. */
  range: 'range_error',
} as const;

export type ExpressionErrorCode = (typeof EXPRESSION_ERROR_CODE)[keyof typeof EXPRESSION_ERROR_CODE];

/**
 * The only error that this library throws.
 *
 * `line` and `column` count from 1 and point into the source that was compiled; for a template, into the
 * string that holds the braces. `path` is set for templates: where that string stands in the value.
 * The message never contains data, only the author's own text.
 */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  constructor(
    readonly code: ExpressionErrorCode,
    message: string,
    readonly line: number = 1,
    readonly column: number = 1,
    readonly path?: readonly (string | number)[],
  ) {
    super(message);
  }
}

/** An error whose place is an offset, or not known yet; it becomes an ExpressionError where the text is known. */
export class Fault extends Error {
  override readonly name = 'Fault';

  constructor(
    readonly code: ExpressionErrorCode,
    message: string,
    readonly offset?: number,
  ) {
    super(message);
  }
}

export const forbidden = (message: string, offset?: number): Fault =>
  new Fault(EXPRESSION_ERROR_CODE.forbidden, message, offset);
export const typeFault = (message: string, offset?: number): Fault =>
  new Fault(EXPRESSION_ERROR_CODE.type, message, offset);
export const rangeFault = (message: string): Fault => new Fault(EXPRESSION_ERROR_CODE.range, message);

/** A text that offsets point into, and where it stands in the one that the author sees. */
export class SourceText {
  constructor(
    readonly text: string,
    private readonly line = 1,
    private readonly column = 1,
  ) {}

  /** Line and column, both from 1, of an offset. */
  positionAt(offset: number): { line: number; column: number } {
    const lines = this.text.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/);
    const column = (lines.at(-1) ?? '').length + (lines.length === 1 ? this.column : 1);
    return { line: this.line + lines.length - 1, column };
  }
}

/** Gives whatever was thrown during parsing or evaluation its place in the source. */
export function toExpressionError(
  thrown: unknown,
  source: SourceText,
  fallbackOffset: number,
  path?: readonly (string | number)[],
): ExpressionError {
  if (thrown instanceof ExpressionError) {
    return path === undefined || thrown.path !== undefined
      ? thrown
      : new ExpressionError(thrown.code, thrown.message, thrown.line, thrown.column, path);
  }
  const { code, message, offset } = thrown instanceof Fault ? thrown : nativeFault(thrown);
  const { line, column } = source.positionAt(offset ?? fallbackOffset);
  return new ExpressionError(code, message, line, column, path);
}

/** What JavaScript's own built-ins throw, in words that hold no data. */
function nativeFault(thrown: unknown): Fault {
  if (thrown instanceof RangeError && /call stack/i.test(thrown.message)) {
    return new Fault(EXPRESSION_ERROR_CODE.budget, 'The expression or its data is nested too deeply.');
  }
  if (thrown instanceof URIError) return rangeFault('This text is not a valid part of a URL.');
  if (thrown instanceof RangeError) return rangeFault('A value is out of the range of what it is used for.');
  return typeFault('A value has the wrong type for what it is used for.');
}
