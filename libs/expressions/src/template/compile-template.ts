import type { CompileOptions, PlacedExpression } from '../compile-expression.js';
import { compileParsed, runtimeFactory } from '../compile-expression.js';
import type { Reference } from '../compile/unit.js';
import { EXPRESSION_ERROR_CODE, ExpressionError, SourceText, toExpressionError } from '../expression.errors.js';
import { setOwn } from '../runtime/property.js';
import { jsonText } from '../runtime/json-text.js';
import { toResult } from '../runtime/plain-data.js';
import type { EvaluationContext, Runtime, Scope } from '../runtime/runtime.js';
import type { ScannedExpression } from './scan-template.js';
import { hasBraces, scanTemplate } from './scan-template.js';

/** Levels of arrays and objects inside a template. */
export const MAX_TEMPLATE_DEPTH = 200;

/** Where a string stands in a template: `['headers', 'accept']`. */
export type TemplatePath = readonly (string | number)[];

export interface TemplateReference extends Reference {
  /** The string of the template that holds the reference. */
  at: TemplatePath;
}

export interface CompiledTemplate {
  /** Whether it holds no expression and no escape; then `evaluate` gives the template itself. */
  readonly constant: boolean;
  readonly references: readonly TemplateReference[];
  readonly expressions: readonly { path: TemplatePath; source: string }[];
  /**
   * Gives the template with every `{{ }}` replaced by its value. Parts without expressions are not copied, and
   * nothing that comes out of the scope is ever looked into for braces.
   *
   * @throws ExpressionError with `path` set
   */
  evaluate(scope: Scope, context?: EvaluationContext): unknown;
}

type Resolver = (rt: Runtime) => unknown;

interface Collected {
  options: CompileOptions;
  references: TemplateReference[];
  expressions: { path: TemplatePath; source: string }[];
}

/**
 * Compiles any JSON value whose strings may hold `{{ expressions }}`. A string that is one expression and nothing else
 * keeps the expression's type; with text around it the result is a string.
 *
 * @throws ExpressionError with `path`, line and column at the first expression that is not valid
 */
export function compileTemplate(template: unknown, options: CompileOptions = {}): CompiledTemplate {
  const collected: Collected = { options, references: [], expressions: [] };
  const resolve = compileValue(template, [], collected);
  const start = runtimeFactory(options);
  return {
    constant: resolve === undefined,
    references: collected.references,
    expressions: collected.expressions,
    evaluate: resolve === undefined ? () => template : (scope, context) => resolve(start(scope, context)),
  };
}

/** Compiles and evaluates a template that is used once. */
export function resolveTemplate(template: unknown, scope: Scope, options?: CompileOptions): unknown {
  return compileTemplate(template, options).evaluate(scope);
}

/** How a value is resolved; undefined when it is what it is. */
function compileValue(value: unknown, path: TemplatePath, collected: Collected): Resolver | undefined {
  if (typeof value === 'string') return hasBraces(value) ? compileString(value, path, collected) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length >= MAX_TEMPLATE_DEPTH) {
    const message = `The template is nested deeper than ${MAX_TEMPLATE_DEPTH} levels.`;
    throw new ExpressionError(EXPRESSION_ERROR_CODE.limit, message, 1, 1, path);
  }
  return Array.isArray(value) ? compileItems(value, path, collected) : compileEntries(value, path, collected);
}

function compileItems(items: readonly unknown[], path: TemplatePath, collected: Collected): Resolver | undefined {
  const changing: { index: number; resolve: Resolver }[] = [];
  for (let index = 0; index < items.length; index++) {
    const resolve = compileValue(items[index], [...path, index], collected);
    if (resolve !== undefined) changing.push({ index, resolve });
  }
  if (changing.length === 0) return undefined;
  return (rt) => {
    const result = items.slice();
    for (const { index, resolve } of changing) result[index] = resolve(rt);
    return result;
  };
}

function compileEntries(record: object, path: TemplatePath, collected: Collected): Resolver | undefined {
  const entries = Object.entries(record).map(([key, value]) => ({
    key,
    value: value as unknown,
    resolve: compileValue(value, [...path, key], collected),
  }));
  if (entries.every(({ resolve }) => resolve === undefined)) return undefined;
  return (rt) => {
    const result: Record<string, unknown> = {};
    for (const { key, value, resolve } of entries) setOwn(result, key, resolve === undefined ? value : resolve(rt));
    return result;
  };
}

function compileString(text: string, path: TemplatePath, collected: Collected): Resolver {
  const { texts, expressions } = scanned(text, path);
  const compiled = expressions.map((expression) => compileScanned(expression, path, collected));
  const [only] = compiled;
  if (only !== undefined && compiled.length === 1 && texts.every((literal) => literal === '')) {
    return (rt) => evaluateOne(rt, only, path) ?? null;
  }
  return (rt) => {
    let result = texts[0] ?? '';
    for (let index = 0; index < compiled.length; index++) {
      const value = evaluateOne(rt, compiled[index] as PlacedExpression, path);
      result += asText(rt, value) + (texts[index + 1] ?? '');
    }
    return result;
  };
}

function scanned(text: string, path: TemplatePath): ReturnType<typeof scanTemplate> {
  try {
    return scanTemplate(text);
  } catch (thrown) {
    throw toExpressionError(thrown, new SourceText(text), 0, path);
  }
}

export function compileScanned(found: ScannedExpression, path: TemplatePath, collected: Collected): PlacedExpression {
  try {
    if (found.node === undefined) throw found.error ?? new Error('An expression was scanned without a result.');
    const compiled = compileParsed(found.node, found.text, collected.options);
    for (const reference of compiled.references) collected.references.push({ ...reference, at: path });
    collected.expressions.push({ path, source: found.source });
    return compiled;
  } catch (thrown) {
    throw toExpressionError(thrown, found.text, 0, path);
  }
}

function evaluateOne(rt: Runtime, expression: PlacedExpression, path: TemplatePath): unknown {
  rt.refill();
  try {
    return toResult(rt, expression.run(rt));
  } catch (thrown) {
    throw toExpressionError(thrown, expression.text, rt.at, path);
  }
}

/** A value between text: JSON, but strings as they are and nothing for undefined. */
function asText(rt: Runtime, value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  return typeof value === 'object' ? (jsonText(rt, value) ?? '') : String(value);
}
