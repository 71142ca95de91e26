import { both, SchemaInvalid, UNKNOWN, type Check, type Instance, type Keyword, type Verdict } from './check.js';
import { isEqual } from './keywords-any.js';

function size(keyword: string, holds: (size: number, limit: number) => boolean, phrase: string): Keyword {
  return (limit, _schema, _compiler, path) => {
    if (typeof limit !== 'number') throw new SchemaInvalid([...path, keyword], `${keyword} must be a number`);
    return (value, context) => {
      if (value === UNKNOWN) return undefined;
      if (!Array.isArray(value) || holds(value.length, limit)) return true;
      return context.fault(keyword, `must have ${phrase} ${limit} items`);
    };
  };
}

const prefixItems: Keyword = (schemas, _schema, compiler, path) => {
  if (!Array.isArray(schemas)) throw new SchemaInvalid([...path, 'prefixItems'], 'prefixItems must be a list');
  const checks = schemas.map((schema, index) => compiler.compile(schema, [...path, 'prefixItems', index]));
  return eachItem((index) => checks[index]);
};

const items: Keyword = (schema, { prefixItems: prefix }, compiler, path) => {
  // Before 2020-12 a list here meant what prefixItems means now.
  if (Array.isArray(schema)) return prefixItems(schema, {}, compiler, path);
  const check = compiler.compile(schema, [...path, 'items']);
  const from = Array.isArray(prefix) ? prefix.length : 0;
  return eachItem((index) => (index < from ? undefined : check));
};

function eachItem(checkOf: (index: number) => Check | undefined): Check {
  return (value, context) => {
    if (value === UNKNOWN) return undefined;
    if (!Array.isArray(value)) return true;
    let verdict: Verdict = true;
    for (let index = 0; index < value.length; index++) {
      const check = checkOf(index);
      if (check) verdict = both(verdict, context.into(index, value[index]!, check));
    }
    return verdict;
  };
}

const contains: Keyword = (schema, { minContains, maxContains }, compiler, path) => {
  const check = compiler.compile(schema, [...path, 'contains']);
  const least = typeof minContains === 'number' ? minContains : 1;
  const most = typeof maxContains === 'number' ? maxContains : Infinity;
  return (value, context) => {
    if (value === UNKNOWN) return undefined;
    if (!Array.isArray(value)) return true;
    const verdicts = value.map((item: Instance) => context.quietly(check, item));
    const sure = verdicts.filter((verdict) => verdict === true).length;
    const possible = verdicts.filter((verdict) => verdict !== false).length;
    if (possible < least) return context.fault('contains', `must contain at least ${least} matching items`);
    if (sure > most) return context.fault('maxContains', `must contain at most ${most} matching items`);
    return sure >= least && possible <= most ? true : undefined;
  };
};

const uniqueItems: Keyword = (wanted) => {
  if (wanted !== true) return undefined;
  return (value, context) => {
    if (value === UNKNOWN) return undefined;
    if (!Array.isArray(value)) return true;
    const simple = new Set<Instance>();
    const objects: Instance[] = [];
    for (const item of value as Instance[]) {
      const isObject = typeof item === 'object' && item !== null;
      if (isObject && !context.spend()) return context.fault('uniqueItems', 'is too large to be compared');
      const seen = isObject
        ? objects.some((other) => context.spend() && isEqual(item, other) === true)
        : simple.has(item);
      if (seen && typeof item !== 'symbol') return context.fault('uniqueItems', 'must not hold an item twice');
      if (isObject) objects.push(item);
      else simple.add(item);
    }
    return true;
  };
};

export const ARRAY_KEYWORDS: { [keyword: string]: Keyword } = {
  minItems: size('minItems', (value, limit) => value >= limit, 'at least'),
  maxItems: size('maxItems', (value, limit) => value <= limit, 'at most'),
  prefixItems,
  items,
  contains,
  uniqueItems,
};
