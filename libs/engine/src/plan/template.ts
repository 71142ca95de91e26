import type { JsonValue } from '@rpa/contracts';
import { compileTemplate } from '@rpa/expressions';

/** What a template reads, so that only that is put together for an evaluation. */
export interface TemplateNeeds {
  readonly roots: ReadonlySet<string>;
  /** Ids of the steps that it reads, or `all` when it picks them by a computed name. */
  readonly steps: readonly string[] | 'all';
  readonly variables: readonly string[] | 'all';
}

export interface TemplateReference {
  root: string;
  path: readonly (string | number)[];
}

export interface EvaluationContext {
  now: number;
  seed: string;
}

/** A JSON value of the definition in which strings may hold expressions. */
export interface Template {
  readonly source: JsonValue;
  /** Holds no expression: its value is the source itself. */
  readonly constant: boolean;
  readonly needs: TemplateNeeds;
  readonly references: readonly TemplateReference[];
  /** Paths that are handed on whole (`"{{ steps.a.output }}"`), so that file references may stay closed. */
  readonly handedOn: readonly TemplateReference[];
  /** Every other path that is read. */
  readonly read: readonly TemplateReference[];
  evaluate(scope: { [root: string]: unknown }, context: EvaluationContext): JsonValue;
}

const HANDED_ON = /^\{\{\s*[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*\s*\}\}$/;
const NO_NEEDS: TemplateNeeds = { roots: new Set(), steps: [], variables: [] };

/** Compiles once what is evaluated many times; throws the ExpressionError of the first expression that does not parse. */
export function compileValue(source: JsonValue): Template {
  const compiled = compileTemplate(source);
  if (compiled.constant) return constantTemplate(source);
  if (compiled.expressions.length === 0) {
    // Escaped braces make a text that differs from its source.
    return constantTemplate(compiled.evaluate({}) as JsonValue);
  }
  const handedOn: TemplateReference[] = [];
  const read: TemplateReference[] = [];
  for (const reference of compiled.references) {
    (HANDED_ON.test(textAt(source, reference.at)) ? handedOn : read).push(reference);
  }
  return {
    source,
    constant: false,
    needs: needsOf(compiled.references),
    references: compiled.references,
    handedOn,
    read,
    evaluate: (scope, context) => compiled.evaluate(scope, context) as JsonValue,
  };
}

function constantTemplate(source: JsonValue): Template {
  return {
    source,
    constant: true,
    needs: NO_NEEDS,
    references: [],
    handedOn: [],
    read: [],
    evaluate: () => source,
  };
}

function textAt(source: JsonValue, path: readonly (string | number)[]): string {
  let value: JsonValue | undefined = source;
  for (const key of path) value = (value as { [key: string]: JsonValue })[key];
  return typeof value === 'string' ? value : '';
}

function needsOf(references: readonly TemplateReference[]): TemplateNeeds {
  const roots = new Set<string>();
  const steps = new Set<string>();
  const variables = new Set<string>();
  let anyStep = false;
  let anyVariable = false;
  for (const { root, path } of references) {
    roots.add(root);
    const first = path[0];
    const name = typeof first === 'string' ? first : undefined;
    if (root === 'steps' && name !== undefined) steps.add(name);
    else if (root === 'steps') anyStep = true;
    else if (root === 'variables' && name !== undefined) variables.add(name);
    else if (root === 'variables') anyVariable = true;
  }
  return { roots, steps: anyStep ? 'all' : [...steps], variables: anyVariable ? 'all' : [...variables] };
}
