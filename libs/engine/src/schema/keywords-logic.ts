import type { JsonValue } from '@rpa/contracts';
import { both, SchemaInvalid, type Check, type Keyword, type SchemaCompiler, type Verdict } from './check.js';

function listOf(
  schemas: JsonValue,
  keyword: string,
  compiler: SchemaCompiler,
  path: readonly (string | number)[],
): Check[] {
  if (!Array.isArray(schemas) || schemas.length === 0) {
    throw new SchemaInvalid([...path, keyword], `${keyword} must be a list of schemas`);
  }
  return schemas.map((schema, index) => compiler.compile(schema, [...path, keyword, index]));
}

const allOf: Keyword = (schemas, _schema, compiler, path) => {
  const checks = listOf(schemas, 'allOf', compiler, path);
  return (value, context) => {
    let verdict: Verdict = true;
    for (const check of checks) verdict = both(verdict, check(value, context));
    return verdict;
  };
};

const anyOf: Keyword = (schemas, _schema, compiler, path) => {
  const checks = listOf(schemas, 'anyOf', compiler, path);
  return (value, context) => {
    let verdict: Verdict = false;
    for (const check of checks) {
      const one = context.quietly(check, value);
      if (one === true) return true;
      if (one === undefined) verdict = undefined;
    }
    return verdict === false ? explain(context, 'anyOf', checks, value) : verdict;
  };
};

const oneOf: Keyword = (schemas, _schema, compiler, path) => {
  const checks = listOf(schemas, 'oneOf', compiler, path);
  return (value, context) => {
    const verdicts = checks.map((check) => context.quietly(check, value));
    const sure = verdicts.filter((verdict) => verdict === true).length;
    const open = verdicts.filter((verdict) => verdict === undefined).length;
    if (sure > 1) return context.fault('oneOf', 'must fit exactly one of several forms, but fits more');
    if (sure + open === 0) return explain(context, 'oneOf', checks, value);
    return open === 0 ? true : undefined;
  };
};

/** With all forms missed, the faults of the one that is nearest say most. */
function explain(
  context: Parameters<Check>[1],
  keyword: string,
  checks: readonly Check[],
  value: Parameters<Check>[0],
) {
  const kept = context.faults;
  let best: typeof kept | undefined;
  for (const check of checks) {
    context.faults = [];
    check(value, context);
    if (!best || weight(context.faults) < weight(best)) best = context.faults;
  }
  context.faults = kept;
  const first = best?.[0];
  if (first && (checks.length === 1 || first.path.length > context.path.length)) {
    kept.push(...(best ?? []));
    return false;
  }
  const reasons = first ? `; the nearest: ${first.message}` : '';
  return context.fault(keyword, `fits none of the ${checks.length} allowed forms${reasons}`);
}

function weight(faults: readonly { keyword: string }[]): number {
  return faults.length + faults.filter((fault) => fault.keyword === 'type' || fault.keyword === 'const').length * 10;
}

const not: Keyword = (schema, _schema, compiler, path) => {
  const check = compiler.compile(schema, [...path, 'not']);
  return (value, context) => {
    const verdict = context.quietly(check, value);
    if (verdict === undefined) return undefined;
    return verdict ? context.fault('not', 'has a form that is not allowed') : true;
  };
};

const conditional: Keyword = (schema, { then, else: otherwise }, compiler, path) => {
  const test = compiler.compile(schema, [...path, 'if']);
  const yes = then === undefined ? undefined : compiler.compile(then, [...path, 'then']);
  const no = otherwise === undefined ? undefined : compiler.compile(otherwise, [...path, 'else']);
  return (value, context) => {
    const verdict = context.quietly(test, value);
    if (verdict === undefined) return undefined;
    const chosen = verdict ? yes : no;
    return chosen ? chosen(value, context) : true;
  };
};

const reference: Keyword = (pointer, _schema, compiler, path) => {
  if (typeof pointer !== 'string') throw new SchemaInvalid([...path, '$ref'], '$ref must be a text');
  const check = compiler.reference(pointer, [...path, '$ref']);
  return (value, context) => context.nested(() => check(value, context));
};

const unsupported =
  (keyword: string): Keyword =>
  (_value, _schema, _compiler, path) => {
    throw new SchemaInvalid([...path, keyword], `${keyword} is not supported`);
  };

export const LOGIC_KEYWORDS: { [keyword: string]: Keyword } = {
  allOf,
  anyOf,
  oneOf,
  not,
  if: conditional,
  $ref: reference,
  $dynamicRef: unsupported('$dynamicRef'),
  $recursiveRef: unsupported('$recursiveRef'),
  unevaluatedProperties: unsupported('unevaluatedProperties'),
  unevaluatedItems: unsupported('unevaluatedItems'),
};
