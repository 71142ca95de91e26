import type { JsonValue } from '@rpa/contracts';
import type { Template, TemplateReference } from '../plan/template.js';
import { collectFiles, fileId, withContents } from './file-references.js';

/**
 * The files whose contents an evaluation would read and that are not loaded yet. Paths that are only handed on stay
 * closed. When nothing is missing, the contents are put in place in `values`.
 */
export function missingFiles(
  values: { [root: string]: unknown },
  template: Template,
  loaded: ReadonlyMap<string, JsonValue>,
): Set<string> {
  const needed = new Set<string>();
  for (const reference of template.handedOn) followTo(values, reference, loaded, needed, false);
  for (const reference of template.read) followTo(values, reference, loaded, needed, true);
  const missing = new Set<string>();
  for (const id of needed) if (!loaded.has(id)) missing.add(id);
  if (missing.size === 0 && needed.size > 0) {
    for (const root of Object.keys(values)) values[root] = withContents(values[root] as JsonValue, loaded);
  }
  return missing;
}

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
  if (whole) collectFiles(value, needed);
}

function open(value: unknown, loaded: ReadonlyMap<string, JsonValue>, needed: Set<string>): unknown {
  const id = fileId(value);
  if (id === undefined) return value;
  needed.add(id);
  return loaded.get(id);
}
