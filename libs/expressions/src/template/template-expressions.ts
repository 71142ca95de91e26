import type { CompileOptions } from '../compile-expression.js';
import { compileParsed } from '../compile-expression.js';
import type { Reference } from '../compile/unit.js';
import { EXPRESSION_ERROR_CODE, ExpressionError, SourceText, toExpressionError } from '../expression.errors.js';
import type { TemplatePath } from './compile-template.js';
import { MAX_TEMPLATE_DEPTH } from './compile-template.js';
import type { ScannedExpression } from './scan-template.js';
import { hasBraces, scanTemplate } from './scan-template.js';

/** One expression of a template, valid or not. */
export interface TemplateExpression {
  /** The string that holds it: `['headers', 'accept']`. */
  path: TemplatePath;
  /** What stands between the braces. */
  source: string;
  /** Offsets in that string: the first character behind `{{`, the first behind `}}`. */
  start: number;
  end: number;
  line: number;
  column: number;
  /** Whether the string is this expression alone, so that the value keeps its type. */
  whole: boolean;
  references: readonly Reference[];
  /** Why it cannot be compiled. */
  error?: ExpressionError;
}

/** Lists every expression of a template, in order, with what each reads or why it is not valid. Never throws. */
export function templateExpressions(template: unknown, options: CompileOptions = {}): TemplateExpression[] {
  const found: TemplateExpression[] = [];
  collect(template, [], options, found);
  return found;
}

function collect(value: unknown, path: TemplatePath, options: CompileOptions, found: TemplateExpression[]): void {
  if (typeof value === 'string') {
    if (hasBraces(value)) collectString(value, path, options, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (path.length >= MAX_TEMPLATE_DEPTH) {
    const message = `The template is nested deeper than ${MAX_TEMPLATE_DEPTH} levels.`;
    found.push(faulty(path, '', new ExpressionError(EXPRESSION_ERROR_CODE.limit, message, 1, 1, path)));
    return;
  }
  if (Array.isArray(value)) value.forEach((item, index) => collect(item, [...path, index], options, found));
  else for (const [key, item] of Object.entries(value)) collect(item, [...path, key], options, found);
}

function collectString(text: string, path: TemplatePath, options: CompileOptions, found: TemplateExpression[]): void {
  try {
    const { texts, expressions } = scanTemplate(text);
    const whole = expressions.length === 1 && texts.every((literal) => literal === '');
    for (const expression of expressions) found.push(examine(expression, path, whole, options));
  } catch (thrown) {
    found.push(faulty(path, text, toExpressionError(thrown, new SourceText(text), 0, path)));
  }
}

function examine(
  scanned: ScannedExpression,
  path: TemplatePath,
  whole: boolean,
  options: CompileOptions,
): TemplateExpression {
  const { source, start, end, text, node } = scanned;
  const place = { path, source, start, end, whole, ...text.positionAt(node?.start ?? 0) };
  try {
    if (node === undefined) throw scanned.error ?? new Error('An expression was scanned without a result.');
    return { ...place, references: compileParsed(node, text, options).references };
  } catch (thrown) {
    return { ...place, references: [], error: toExpressionError(thrown, text, 0, path) };
  }
}

function faulty(path: TemplatePath, source: string, error: ExpressionError): TemplateExpression {
  const { line, column } = error;
  return { path, source, start: 0, end: source.length, line, column, whole: false, references: [], error };
}
