import { forbidden, typeFault } from '../expression.errors.js';
import { Callable } from './callable.js';

const hasOwn = Object.prototype.hasOwnProperty;

/**
 * `target[key]` over own properties of data. A name that only a prototype has is refused, not undefined: in
 * JavaScript it would be a method, which the language never hands out as a value.
 */
export function readProperty(target: unknown, key: string | number): unknown {
  if (typeof target === 'object' && target !== null) {
    return hasOwn.call(target, key) ? (target as Record<string, unknown>)[key] : absent(target, key);
  }
  return readOfPrimitive(target, key);
}

function absent(target: object, key: string | number): undefined {
  if (target instanceof Callable) throw forbidden(`A function has no property '${key}' here; it can only be called.`);
  if (key in target) throw methodAsValue(key);
  return undefined;
}

function readOfPrimitive(target: unknown, key: string | number): unknown {
  if (typeof target === 'string') {
    if (key === 'length') return target.length;
    if (typeof key === 'number' || key !== 'length') {
      const boxed = Object(target) as object;
      if (hasOwn.call(boxed, key)) return target[Number(key)];
      if (key in boxed) throw methodAsValue(key);
      return undefined;
    }
  }
  if (target === null || target === undefined) throw typeFault(`Cannot read '${key}' of ${target}.`);
  if (typeof target === 'function') throw forbidden('The scope holds a function; only plain data can be read.');
  if (key in (Object(target) as object)) throw methodAsValue(key);
  return undefined;
}

function methodAsValue(key: string | number): Error {
  return forbidden(`'${key}' is not a property of the data. A method must be called where it is named: x.${key}(...).`);
}

/** Sets an own property whatever its name; a plain assignment to `__proto__` would change the prototype. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}
