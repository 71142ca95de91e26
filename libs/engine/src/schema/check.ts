import type { JsonObject, JsonValue } from '@rpa/contracts';

/** Stands for a value that an expression will make: anything. */
export const UNKNOWN: unique symbol = Symbol('unknown');
/** Stands for a text with expressions in it: some string. */
export const UNKNOWN_TEXT: unique symbol = Symbol('unknown text');

/** JSON in which parts may not be known yet. */
export type Instance = JsonValue | typeof UNKNOWN | typeof UNKNOWN_TEXT | Instance[] | { [key: string]: Instance };

/** `undefined`: it hangs on what an expression will make. */
export type Verdict = boolean | undefined;

export interface SchemaFault {
  path: (string | number)[];
  keyword: string;
  message: string;
}

/** Checks one value; adds faults when the verdict is false. */
export type Check = (value: Instance, context: CheckContext) => Verdict;

/** How many keywords one validation may look at; a schema can ask for exponentially many. */
const MOST_CHECKS = 2_000_000;
/** References inside references. */
const DEEPEST = 500;

export class CheckContext {
  readonly path: (string | number)[] = [];
  faults: SchemaFault[] = [];
  private checks = 0;
  private depth = 0;

  /** One more keyword; false when the schema asks for too many. */
  spend(): boolean {
    return ++this.checks <= MOST_CHECKS;
  }

  fault(keyword: string, message: string): false {
    if (this.faults.length < 100) this.faults.push({ path: [...this.path], keyword, message });
    return false;
  }

  /** Checks a part of the value. */
  into(key: string | number, value: Instance, check: Check): Verdict {
    this.path.push(key);
    const verdict = check(value, this);
    this.path.pop();
    return verdict;
  }

  /** Checks without keeping the faults. */
  quietly(check: Check, value: Instance): Verdict {
    const kept = this.faults;
    this.faults = [];
    const verdict = check(value, this);
    this.faults = kept;
    return verdict;
  }

  nested(check: () => Verdict): Verdict {
    if (++this.depth > DEEPEST) {
      this.depth--;
      return this.fault('$ref', 'is checked by a schema that refers to itself without end');
    }
    const verdict = check();
    this.depth--;
    return verdict;
  }
}

/** All have to hold: false wins, then unknown. */
export function both(a: Verdict, b: Verdict): Verdict {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

/** A schema that is none, or uses what is not supported. */
export class SchemaInvalid extends Error {
  override readonly name = 'SchemaInvalid';
  constructor(
    readonly path: readonly (string | number)[],
    message: string,
  ) {
    super(message);
  }
}

export interface SchemaCompiler {
  /** The whole document, for references. */
  readonly root: JsonValue;
  compile(schema: JsonValue, path: readonly (string | number)[]): Check;
  reference(pointer: string, path: readonly (string | number)[]): Check;
}

/** Compiles one keyword of a schema; `undefined` when it does not say anything. */
export type Keyword = (
  value: JsonValue,
  schema: JsonObject,
  compiler: SchemaCompiler,
  path: readonly (string | number)[],
) => Check | undefined;
