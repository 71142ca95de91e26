import type { DiffVersionsReply, JsonObject, JsonValue, ValueChange } from '@rpa/contracts';

/** Changed values that are listed at most for one step: past that a step is simply another one. */
const MAX_CHANGES = 100;

/** Structural difference: steps are matched by their path of ids, whatever their order; `ui` and layout do not count. */
export function diffDefinitions(before: JsonObject, after: JsonObject): DiffVersionsReply {
  const old = stepsOf(before);
  const now = stepsOf(after);
  const reply: DiffVersionsReply = { added: [], removed: [], changed: [], other: [] };
  for (const [path, step] of now) {
    const previous = old.get(path);
    if (!previous) reply.added.push({ path, type: typeOf(step) });
    else {
      const changes = changesOf(previous, step, ['steps', 'ui']);
      if (changes.length > 0) reply.changed.push({ path, type: typeOf(step), changes });
    }
  }
  for (const [path, step] of old) if (!now.has(path)) reply.removed.push({ path, type: typeOf(step) });
  reply.other = changesOf(before, after, ['steps', 'ui', 'format', 'version']);
  return reply;
}

function stepsOf(definition: JsonObject): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  const pending: { list: JsonValue | undefined; prefix: string }[] = [{ list: definition['steps'], prefix: '' }];
  for (let next = pending.shift(); next; next = pending.shift()) {
    if (!Array.isArray(next.list)) continue;
    for (const [index, step] of next.list.entries()) {
      if (!isObject(step)) continue;
      const path = `${next.prefix}${typeof step['id'] === 'string' ? step['id'] : `#${index}`}`;
      found.set(path, step);
      pending.push({ list: step['steps'], prefix: `${path}.` });
    }
  }
  return found;
}

function changesOf(before: JsonObject, after: JsonObject, ignored: string[]): ValueChange[] {
  const changes: ValueChange[] = [];
  compare(without(before, ignored), without(after, ignored), '', changes);
  return changes;
}

function compare(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  field: string,
  changes: ValueChange[],
): void {
  if (changes.length >= MAX_CHANGES) return;
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(before[key], after[key], field ? `${field}.${key}` : key, changes);
    return;
  }
  if (!same(before, after)) changes.push({ field, before: before ?? null, after: after ?? null });
}

function same(before: JsonValue | undefined, after: JsonValue | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  if (Array.isArray(before) && Array.isArray(after))
    return before.length === after.length && before.every((item, index) => same(item, after[index]));
  if (isObject(before) && isObject(after)) {
    const keys = Object.keys(before);
    return keys.length === Object.keys(after).length && keys.every((key) => same(before[key], after[key]));
  }
  return before === after;
}

function without(value: JsonObject, fields: string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !fields.includes(key)));
}

function typeOf(step: JsonObject): string {
  return typeof step['type'] === 'string' ? step['type'] : '';
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
