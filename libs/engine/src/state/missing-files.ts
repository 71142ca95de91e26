import type { JsonValue } from '@rpa/contracts';
import type { Template, TemplateReference } from '../plan/template.js';
import { collectFiles, fileId, withContents } from './file-references.js';

/**
 * The files whose contents an evaluation would read, if not all of them are loaded: each of them, since what was loaded is
 * forgotten with the transition. Paths that are only handed on stay closed. When nothing is missing, the contents are put
 * in place in `values`.
 */
export function missingFiles(
  values: { [root: string]: unknown },
  template: Template,
  loaded: ReadonlyMap<string, JsonValue>,
): ReadonlySet<string> {
  const needed = new Set<string>();
  for (const reference of template.handedOn) followTo(values, reference, loaded, needed, false);
  for (const reference of template.read) followTo(values, reference, loaded, needed, true);
  for (const id of needed) if (!loaded.has(id)) return needed;
  if (needed.size > 0) {
    for (const root of Object.keys(values)) values[root] = withContents(values[root] as JsonValue, loaded);
  }
  return NONE;
}

const NONE: ReadonlySet<string> = new Set();

/** Follows one path; files on the way are needed, and with `whole` every file in the value at its end. */
function followTo(
  values: { [root: string]: unknown },
  reference: TemplateReference,
  loaded: ReadonlyMap<string, JsonValue>,
  needed: Set<string>,
  whole: boolean,
): void {
  let value: unknown = values[reference.root];
  for (const key of reference.path) {
    value = open(value, loaded, needed);
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return;
    value = (value as { [key: string]: unknown })[key];
  }
  if (whole) collectOpened(value, loaded, needed);
}

/** Every file in the value, and in the contents of those that are loaded. */
function collectOpened(value: unknown, loaded: ReadonlyMap<string, JsonValue>, needed: Set<string>): void {
  const found = new Set<string>();
  collectFiles(value, found);
  for (const id of found) {
    if (needed.has(id)) continue;
    needed.add(id);
    if (loaded.has(id)) collectOpened(loaded.get(id), loaded, needed);
  }
}

function open(value: unknown, loaded: ReadonlyMap<string, JsonValue>, needed: Set<string>): unknown {
  const id = fileId(value);
  if (id === undefined) return value;
  needed.add(id);
  return loaded.get(id);
}
