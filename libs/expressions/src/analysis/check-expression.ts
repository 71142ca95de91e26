import type { CompileOptions } from '../compile-expression.js';
import { compileParsed } from '../compile-expression.js';
import type { Reference } from '../compile/unit.js';
import type { ExpressionErrorCode } from '../expression.errors.js';
import { SourceText, toExpressionError } from '../expression.errors.js';
import { parseExpression } from '../syntax/parse-expression.js';
import type { TypeScope } from './infer-type.js';
import { TypeInference } from './infer-type.js';
import type { DataSchema, ValueType } from './value-type.js';
import { describeType, typeOfSchema } from './value-type.js';

export interface AnalysisOptions extends CompileOptions {
  /** JSON Schema of the scope: an object whose properties are the roots. */
  schema?: DataSchema;
}

export interface ExpressionDiagnostic {
  /** An error keeps the expression from being compiled; a warning says what will most likely fail. */
  severity: 'error' | 'warning';
  code: ExpressionErrorCode | 'type_warning';
  message: string;
  line: number;
  column: number;
}

export interface ExpressionCheck {
  valid: boolean;
  diagnostics: ExpressionDiagnostic[];
  references: readonly Reference[];
  /** What the expression gives, in words: `number`, `array of string`, `any`. */
  type: string;
}

/** Checks an expression without evaluating it: grammar, names, and, where schemas are known, properties and methods. */
export function checkExpression(source: string, options: AnalysisOptions = {}): ExpressionCheck {
  const text = new SourceText(source);
  try {
    const node = parseExpression(source);
    const { references } = compileParsed(node, text, options);
    const inference = new TypeInference();
    const type = inference.infer(node, scopeTypes(options.schema));
    const diagnostics = inference.issues.map(({ offset, message }): ExpressionDiagnostic => {
      return { severity: 'warning', code: 'type_warning', message, ...text.positionAt(offset) };
    });
    return { valid: true, diagnostics, references, type: describeType(type) };
  } catch (thrown) {
    const { code, message, line, column } = toExpressionError(thrown, text, 0);
    return {
      valid: false,
      diagnostics: [{ severity: 'error', code, message, line, column }],
      references: [],
      type: 'any',
    };
  }
}

/** The roots of a scope's schema as names in reach. */
export function scopeTypes(schema: DataSchema | undefined): TypeScope {
  return new Map<string, ValueType>(Object.entries(typeOfSchema(schema ?? {}).properties ?? {}));
}
