import { nearest } from '../suggest.js';
import type { ValueType } from './value-type.js';
import { UNKNOWN, ofKind } from './value-type.js';

/** The type of `object.key`, and what is wrong with reading it, if something most likely is. */
export function propertyType(object: ValueType, key: string | number): { type: ValueType; issue?: string } {
  const { kinds, properties, closed } = object;
  if (kinds.length === 0) return { type: UNKNOWN };
  if (key === 'length' && kinds.every((kind) => kind === 'string' || kind === 'array'))
    return { type: ofKind('number') };
  if (kinds.includes('array') && isIndex(key)) return { type: object.items ?? UNKNOWN };
  if (!kinds.includes('object')) return withoutProperties(object, key);
  if (properties === undefined) return { type: UNKNOWN };
  if (Object.hasOwn(properties, key)) return { type: properties[key] ?? UNKNOWN };
  const names = Object.keys(properties);
  const meant = nearest(String(key), names);
  if (meant !== undefined) return { type: UNKNOWN, issue: `There is no property '${key}'. Did you mean '${meant}'?` };
  if (closed !== true) return { type: UNKNOWN };
  return { type: ofKind('undefined'), issue: `There is no property '${key}'. Known: ${names.join(', ') || 'none'}.` };
}

function withoutProperties({ kinds, items }: ValueType, key: string | number): { type: ValueType; issue?: string } {
  const known = kinds.filter((kind) => kind !== 'null' && kind !== 'undefined');
  if (known.length !== 1 || isIndex(key)) return { type: UNKNOWN };
  const hint =
    items?.properties !== undefined && Object.hasOwn(items.properties, key)
      ? ` Its items have one: map(x => x.${key}).`
      : '';
  return { type: ofKind('undefined'), issue: `A value of type ${known[0]} has no property '${key}'.${hint}` };
}

function isIndex(key: string | number): boolean {
  return typeof key === 'number' || /^\d+$/.test(key);
}
