import type { JsonObject, JsonValue } from '@rpa/contracts';
import { isObject } from '../definition/normalize.js';
import {
  both,
  SchemaInvalid,
  UNKNOWN,
  type Check,
  type Instance,
  type Keyword,
  type SchemaCompiler,
  type Verdict,
} from './check.js';
import { compilePattern } from './pattern.js';

type Fields = { [key: string]: Instance };

/** A check of objects; everything else passes. */
function ofObject(check: (fields: Fields, context: Parameters<Check>[1]) => Verdict): Check {
  return (value, context) => {
    if (value === UNKNOWN) return undefined;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return true;
    return check(value, context);
  };
}

function size(keyword: string, holds: (size: number, limit: number) => boolean, phrase: string): Keyword {
  return (limit, _schema, _compiler, path) => {
    if (typeof limit !== 'number') throw new SchemaInvalid([...path, keyword], `${keyword} must be a number`);
    return ofObject((fields, context) =>
      holds(Object.keys(fields).length, limit) ? true : context.fault(keyword, `must have ${phrase} ${limit} fields`),
    );
  };
}

const required: Keyword = (names, _schema, _compiler, path) => {
  if (!Array.isArray(names)) throw new SchemaInvalid([...path, 'required'], 'required must be a list of names');
  return ofObject((fields, context) => {
    let verdict: Verdict = true;
    for (const name of names) {
      if (typeof name === 'string' && !Object.hasOwn(fields, name)) {
        verdict = context.fault('required', `the field ${name} is missing`);
      }
    }
    return verdict;
  });
};

function schemasOf(map: JsonValue, keyword: string, compiler: SchemaCompiler, path: readonly (string | number)[]) {
  if (!isObject(map)) throw new SchemaInvalid([...path, keyword], `${keyword} must be an object of schemas`);
  return Object.entries(map).map(
    ([name, schema]) => [name, compiler.compile(schema, [...path, keyword, name])] as const,
  );
}

const properties: Keyword = (map, _schema, compiler, path) => {
  const checks = schemasOf(map, 'properties', compiler, path);
  return ofObject((fields, context) => {
    let verdict: Verdict = true;
    for (const [name, check] of checks) {
      if (Object.hasOwn(fields, name)) verdict = both(verdict, context.into(name, fields[name]!, check));
    }
    return verdict;
  });
};

function patternsOf(map: JsonValue | undefined, path: readonly (string | number)[]): ((name: string) => boolean)[] {
  return isObject(map) ? Object.keys(map).map((source) => compilePattern(source, [...path, 'patternProperties'])) : [];
}

const patternProperties: Keyword = (map, _schema, compiler, path) => {
  const checks = schemasOf(map, 'patternProperties', compiler, path).map(
    ([source, check]) => [compilePattern(source, [...path, 'patternProperties', source]), check] as const,
  );
  return ofObject((fields, context) => {
    let verdict: Verdict = true;
    for (const [matches, check] of checks) {
      for (const [name, value] of Object.entries(fields)) {
        if (matches(name)) verdict = both(verdict, context.into(name, value, check));
      }
    }
    return verdict;
  });
};

const additionalProperties: Keyword = (schema, { properties: known, patternProperties: patterns }, compiler, path) => {
  const names = new Set(isObject(known) ? Object.keys(known) : []);
  const matchers = patternsOf(patterns, path);
  const check = schema === false ? undefined : compiler.compile(schema, [...path, 'additionalProperties']);
  return ofObject((fields, context) => {
    let verdict: Verdict = true;
    for (const [name, value] of Object.entries(fields)) {
      if (names.has(name) || matchers.some((matches) => matches(name))) continue;
      const refuse: Check = (_value, inner) => inner.fault('additionalProperties', 'is no known field');
      verdict = both(verdict, context.into(name, value, check ?? refuse));
    }
    return verdict;
  });
};

const propertyNames: Keyword = (schema, _schema, compiler, path) => {
  const check = compiler.compile(schema, [...path, 'propertyNames']);
  return ofObject((fields, context) => {
    let verdict: Verdict = true;
    for (const name of Object.keys(fields)) verdict = both(verdict, context.into(name, name, check));
    return verdict;
  });
};

const dependentRequired: Keyword = (map, _schema, _compiler, path) => {
  if (!isObject(map)) throw new SchemaInvalid([...path, 'dependentRequired'], 'dependentRequired must be an object');
  return ofObject((fields, context) => {
    let verdict: Verdict = true;
    for (const [name, needed] of Object.entries(map as JsonObject)) {
      if (!Object.hasOwn(fields, name) || !Array.isArray(needed)) continue;
      for (const other of needed) {
        if (typeof other === 'string' && !Object.hasOwn(fields, other)) {
          verdict = context.fault('dependentRequired', `the field ${other} is missing, since ${name} is there`);
        }
      }
    }
    return verdict;
  });
};

const dependentSchemas: Keyword = (map, _schema, compiler, path) => {
  const checks = schemasOf(map, 'dependentSchemas', compiler, path);
  return ofObject((fields, context) => {
    let verdict: Verdict = true;
    for (const [name, check] of checks)
      if (Object.hasOwn(fields, name)) verdict = both(verdict, check(fields, context));
    return verdict;
  });
};

export const OBJECT_KEYWORDS: { [keyword: string]: Keyword } = {
  minProperties: size('minProperties', (value, limit) => value >= limit, 'at least'),
  maxProperties: size('maxProperties', (value, limit) => value <= limit, 'at most'),
  required,
  properties,
  patternProperties,
  additionalProperties,
  propertyNames,
  dependentRequired,
  dependentSchemas,
};
