import type { Expression } from './syntax/expression-tree.js';
import { compileNode } from './compile/compile-node.js';
import type { PlacedReference, Reference, Unit } from './compile/unit.js';
import { costOf } from './compile/unit.js';
import { SourceText, toExpressionError } from './expression.errors.js';
import { randomNumbers } from './functions/random.js';
import { toResult } from './runtime/plain-data.js';
import type { Budget, Code, EvaluationContext, Scope } from './runtime/runtime.js';
import { DEFAULT_BUDGET, Runtime } from './runtime/runtime.js';
import { checkSyntax } from './syntax/check-syntax.js';
import { parseExpression } from './syntax/parse-expression.js';

export interface CompileOptions extends EvaluationContext {
  /** Names that an expression may read; any when left out. */
  roots?: readonly string[];
  /** What one evaluation may spend; parts left out keep their default (DEFAULT_BUDGET). */
  budget?: Budget;
}

/** An expression, ready to be evaluated any number of times. Holds no state between evaluations. */
export interface CompiledExpression {
  readonly source: string;
  /** What it reads from the scope, in the order of the text. */
  readonly references: readonly Reference[];
  /**
   * Gives plain JSON data; what JSON has not becomes what JSON.stringify makes of it, `undefined` alone null. Parts of
   * the scope may be part of the result, not copied. The scope is never changed.
   *
   * @throws ExpressionError
   */
  evaluate(scope: Scope, context?: EvaluationContext): unknown;
}

/**
 * Parses, checks and compiles one expression: what stands between `{{` and `}}`.
 *
 * @throws ExpressionError with line and column when it is not a valid expression of the language
 * @example compileExpression('items.filter(i => i.price > 10).length').evaluate({ items: [{ price: 12 }] }) // 1
 */
export function compileExpression(source: string, options: CompileOptions = {}): CompiledExpression {
  const text = new SourceText(source);
  try {
    return compileParsed(parseExpression(source), text, options);
  } catch (thrown) {
    throw toExpressionError(thrown, text, 0);
  }
}

/** An expression inside a longer text, such as one of a template's. */
export interface PlacedExpression extends CompiledExpression {
  /** The value as it is inside the language: `undefined` stays, nothing is turned into JSON. */
  run(rt: Runtime): unknown;
  readonly text: SourceText;
}

/** Compiles a parsed expression whose offsets point into `source`. */
export function compileParsed(node: Expression, source: SourceText, options: CompileOptions): PlacedExpression {
  const { mutates } = checkSyntax(node);
  const placed: PlacedReference[] = [];
  const roots = options.roots === undefined ? undefined : new Set(options.roots);
  const unit: Unit = {
    text: source.text,
    roots,
    mutates,
    references: placed,
    compile: (child, names) => compileNode(child, unit, names),
  };
  const code = compileNode(node, unit, undefined);
  const start = runtimeFactory(options);
  const run = runner(code, source, node.start, costOf(node));
  return {
    source: source.text.slice(node.start, node.end),
    references: placed.map(({ root, path, offset }) => ({ root, path, ...source.positionAt(offset) })),
    run,
    text: source,
    evaluate(scope, context) {
      const rt = start(scope, context);
      try {
        const value = toResult(rt, run(rt));
        return value === undefined ? null : value;
      } catch (thrown) {
        throw toExpressionError(thrown, source, rt.at);
      }
    },
  };
}

function runner(code: Code, source: SourceText, offset: number, cost: number): (rt: Runtime) => unknown {
  return (rt) => {
    rt.at = offset;
    try {
      rt.work(cost);
      return code(rt, []);
    } catch (thrown) {
      throw toExpressionError(thrown, source, rt.at);
    }
  };
}

/** Prepares what every evaluation with these options shares. */
export function runtimeFactory(options: CompileOptions): (scope: Scope, context?: EvaluationContext) => Runtime {
  const budget = { ...DEFAULT_BUDGET, ...options.budget };
  return (scope, context = options) => new Runtime(scope, budget, context, randomNumbers);
}
