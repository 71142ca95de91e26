import { isLargerThan, roughJsonSize } from './json-size.js';

/** A member smaller than this stays where it is: its reference would save little. */
const SMALLEST_PART = 1_024;
/** About what a reference has as JSON. */
const REFERENCE = 300;
/** Parts of one value that become files of their own before all of it becomes one. */
const MOST_PARTS = 16;

/**
 * What of a value has to go into files so that the rest fits: nothing, members of an object (the largest first, so that
 * the small ones can be read without opening a file), or all of it. With `keepShape` it is members always, since whoever
 * takes the value needs an object.
 */
export function largeParts(value: unknown, limit: number, keepShape = false): 'none' | 'whole' | string[] {
  if (!isLargerThan(value, limit)) return 'none';
  if (typeof value !== 'object' || value === null || Array.isArray(value) || 'toJSON' in value) return 'whole';
  const members = Object.entries(value as Record<string, unknown>)
    .map(([name, member]) => ({ name, size: roughJsonSize(member) }))
    .sort((one, other) => other.size - one.size);
  let rest = roughJsonSize(value);
  const parts: string[] = [];
  for (const { name, size } of members) {
    if (rest <= limit / 2 || size < SMALLEST_PART) break;
    if (!keepShape && parts.length === MOST_PARTS) break;
    parts.push(name);
    rest -= size - REFERENCE;
  }
  if (keepShape || rest <= limit / 2) return parts;
  return 'whole';
}
