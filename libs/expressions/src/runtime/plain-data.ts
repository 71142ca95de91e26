import { EXPRESSION_ERROR_CODE, Fault, typeFault } from '../expression.errors.js';
import { Callable } from './callable.js';
import { setOwn } from './property.js';
import type { Runtime } from './runtime.js';
import { SIZE } from './runtime.js';

/** Levels of nesting, number of values and characters of all texts that a result may have. */
export const RESULT_LIMITS = { depth: 500, values: 2_000_000, characters: 64 * 1024 * 1024 } as const;

/**
 * What `JSON.parse(JSON.stringify(value))` gives, `undefined` for what JSON has not. A value that is plain JSON
 * already comes back as it is, not copied.
 */
export function toPlain(rt: Runtime, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return plainPrimitive(value);
  const check = new PlainCheck();
  const plain = check.isPlain(value, 0);
  rt.work(check.values);
  return plain ? value : copyPlain(rt, value, '', 0);
}

/** The same for what an evaluation gives, which may be as large as the scope and so is not charged as work. */
export function toResult(rt: Runtime, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return plainPrimitive(value);
  return new PlainCheck().isPlain(value, 0) ? value : copyPlain(rt, value, '', 0);
}

function plainPrimitive(value: unknown): unknown {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return null;
    return value === 0 ? 0 : value;
  }
  return typeof value === 'string' || typeof value === 'boolean' || value === null ? value : undefined;
}

class PlainCheck {
  values = 0;
  private characters = 0;

  isPlain(value: object, depth: number): boolean {
    if (depth > RESULT_LIMITS.depth) throw tooDeepValue();
    const prototype: unknown = Object.getPrototypeOf(value);
    if (Array.isArray(value)) {
      // What a regular expression has matched is an array with properties beside its items.
      if (prototype !== Array.prototype || Object.hasOwn(value, 'index')) return false;
      for (let index = 0; index < value.length; index++) {
        const item: unknown = value[index];
        if (typeof item === 'number' && item - item === 0 && (item !== 0 || 1 / item > 0)) this.values++;
        else if (!this.isPlainItem(item, depth)) return false;
      }
      return true;
    }
    if (prototype !== Object.prototype) return false;
    const record = value as Record<string, unknown>;
    for (const key in record) if (!this.isPlainItem(record[key], depth)) return false;
    return true;
  }

  private isPlainItem(item: unknown, depth: number): boolean {
    if (++this.values > RESULT_LIMITS.values) throw tooLarge(`${RESULT_LIMITS.values} values`);
    switch (typeof item) {
      case 'string':
        this.characters += item.length;
        if (this.characters > RESULT_LIMITS.characters) throw tooLarge(`${RESULT_LIMITS.characters} characters`);
        return true;
      case 'boolean':
        return true;
      case 'number':
        return Number.isFinite(item) && !Object.is(item, -0);
      case 'object':
        return item === null || this.isPlain(item, depth + 1);
      default:
        return false;
    }
  }
}

function copyPlain(rt: Runtime, original: unknown, key: string, depth: number): unknown {
  if (typeof original === 'string') rt.work(original.length >> 4);
  if (typeof original !== 'object' || original === null) return plainPrimitive(original);
  if (depth > RESULT_LIMITS.depth) throw tooDeepValue();
  const value = asJson(rt, original, key);
  if (typeof value !== 'object' || value === null) return plainPrimitive(value);
  if (value instanceof Callable) return undefined;
  if (Array.isArray(value)) {
    rt.list(value.length);
    const items: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      items.push(copyPlain(rt, value[index], String(index), depth + 1) ?? null);
    }
    return items;
  }
  const record: Record<string, unknown> = {};
  rt.allocate(SIZE.object);
  for (const name of Object.keys(value)) {
    rt.work(1);
    const plain = copyPlain(rt, (value as Record<string, unknown>)[name], name, depth + 1);
    if (plain === undefined) continue;
    rt.allocate(SIZE.property);
    setOwn(record, name, plain);
  }
  return record;
}

function asJson(rt: Runtime, value: object, key: string): unknown {
  if (Object.hasOwn(value, 'toJSON')) {
    const own = (value as Record<string, unknown>)['toJSON'];
    if (own instanceof Callable) return own.apply(rt, [key]);
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return value;
}

function tooDeepValue(): Fault {
  const message = `The value is nested deeper than ${RESULT_LIMITS.depth} levels, or contains itself.`;
  return new Fault(EXPRESSION_ERROR_CODE.budget, message);
}

function tooLarge(limit: string): Fault {
  return new Fault(EXPRESSION_ERROR_CODE.budget, `The value has more than ${limit}; take less of it.`);
}

/** A private deep copy of a scope value, made once per evaluation; shared parts stay shared. */
export function copyPrivately(rt: Runtime, value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Callable) return value;
  const copies = (rt.copies ??= new Map());
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (depth > RESULT_LIMITS.depth) throw typeFault('The data is nested too deeply to be changed.');
  if (value instanceof Date) return remember(copies, value, new Date(value.getTime()));
  if (Array.isArray(value)) {
    rt.list(value.length);
    const list = remember(copies, value, [] as unknown[]);
    for (let index = 0; index < value.length; index++) list.push(copyPrivately(rt, value[index], depth + 1));
    return list;
  }
  const keys = Object.keys(value);
  rt.work(keys.length);
  rt.allocate(SIZE.object + keys.length * SIZE.property);
  const record = remember(copies, value, {} as Record<string, unknown>);
  for (const key of keys) setOwn(record, key, copyPrivately(rt, (value as Record<string, unknown>)[key], depth + 1));
  return record;
}

function remember<T extends object>(copies: Map<object, object>, original: object, copy: T): T {
  copies.set(original, copy);
  // A value made in this evaluation may be read again through the scope's names; it is its own copy.
  copies.set(copy, copy);
  return copy;
}
