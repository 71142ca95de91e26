import type { JsonObject, JsonValue } from '@rpa/contracts';
import { isObject } from '../definition/normalize.js';
import {
  both,
  CheckContext,
  SchemaInvalid,
  type Check,
  type Instance,
  type Keyword,
  type SchemaCompiler,
  type SchemaFault,
  type Verdict,
} from './check.js';
import { ANY_KEYWORDS } from './keywords-any.js';
import { ARRAY_KEYWORDS } from './keywords-array.js';
import { LOGIC_KEYWORDS } from './keywords-logic.js';
import { NUMBER_KEYWORDS } from './keywords-number.js';
import { OBJECT_KEYWORDS } from './keywords-object.js';
import { STRING_KEYWORDS } from './keywords-string.js';

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  Object.entries({
    ...ANY_KEYWORDS,
    ...NUMBER_KEYWORDS,
    ...STRING_KEYWORDS,
    ...ARRAY_KEYWORDS,
    ...OBJECT_KEYWORDS,
    ...LOGIC_KEYWORDS,
  }),
);

/** A schema made ready: gives every fault of a value, none when the value is valid or hangs on an expression. */
export type SchemaValidator = (value: Instance) => SchemaFault[];

/**
 * Makes a JSON Schema (2020-12) ready to check values. No code is generated and no native regular expression runs, since
 * schemas come from users. Throws {@link SchemaInvalid} for a schema that is none, refers outside of itself, or uses
 * `unevaluated*` or dynamic references.
 */
export function compileSchema(schema: JsonValue): SchemaValidator {
  const check = new Compiler(schema).compile(schema, []);
  return (value) => {
    const context = new CheckContext();
    check(value, context);
    return context.faults;
  };
}

class Compiler implements SchemaCompiler {
  private readonly references = new Map<string, { check: Check | undefined }>();

  constructor(readonly root: JsonValue) {}

  compile(schema: JsonValue, path: readonly (string | number)[]): Check {
    if (schema === true) return () => true;
    if (schema === false) return (_value, context) => context.fault('false', 'is not allowed');
    if (!isObject(schema)) throw new SchemaInvalid(path, 'A schema must be an object, true or false');
    return all(this.checksOf(schema, path));
  }

  private checksOf(schema: JsonObject, path: readonly (string | number)[]): Check[] {
    const checks: Check[] = [];
    for (const [name, value] of Object.entries(schema)) {
      const check = KEYWORDS.get(name)?.(value, schema, this, path);
      if (check) checks.push(check);
    }
    return checks;
  }

  reference(pointer: string, path: readonly (string | number)[]): Check {
    const known = this.references.get(pointer);
    if (known) return (value, context) => known.check?.(value, context);
    const entry: { check: Check | undefined } = { check: undefined };
    this.references.set(pointer, entry);
    entry.check = this.compile(this.find(pointer, path), path);
    return entry.check;
  }

  private find(pointer: string, path: readonly (string | number)[]): JsonValue {
    if (pointer === '#') return this.root;
    const found = pointer.startsWith('#/') ? follow(this.root, pointer.slice(2).split('/')) : this.anchored(pointer);
    if (found === undefined) {
      throw new SchemaInvalid(
        path,
        `$ref ${pointer.slice(0, 200)} leads nowhere; only references inside the schema work`,
      );
    }
    return found;
  }

  private anchored(pointer: string): JsonValue | undefined {
    const { $defs } = isObject(this.root) ? this.root : {};
    if (!pointer.startsWith('#') || !isObject($defs)) return undefined;
    return Object.values($defs).find((schema) => isObject(schema) && schema['$anchor'] === pointer.slice(1));
  }
}

function follow(root: JsonValue, keys: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const raw of keys) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}

function all(checks: readonly Check[]): Check {
  const [only] = checks;
  if (checks.length === 1 && only) return spending(only);
  return spending((value, context) => {
    let verdict: Verdict = true;
    for (const check of checks) verdict = both(verdict, check(value, context));
    return verdict;
  });
}

function spending(check: Check): Check {
  return (value, context) =>
    context.spend() ? check(value, context) : context.fault('schema', 'needs more checks than one validation may do');
}
