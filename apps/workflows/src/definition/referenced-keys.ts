import type { JsonObject, JsonValue } from '@rpa/contracts';

export interface ReferencedKeys {
  credentials: string[];
  workflows: string[];
  stepTypes: string[];
}

/** The keys of other things that a definition names, each once. Whatever is not shaped like a definition is passed over. */
export function referencedKeys(definition: JsonObject): ReferencedKeys {
  const credentials = new Set<string>();
  const workflows = new Set<string>();
  const stepTypes = new Set<string>();
  const onFailure = field(field(definition['settings'], 'onFailure'), 'workflow');
  if (typeof onFailure === 'string') workflows.add(onFailure);
  const lists: (JsonValue | undefined)[] = [definition['steps']];
  for (let list = lists.pop(); lists.length > 0 || list !== undefined; list = lists.pop()) {
    if (!Array.isArray(list)) continue;
    for (const step of list) {
      const type = field(step, 'type');
      if (typeof type === 'string') stepTypes.add(type);
      const credential = field(step, 'credential');
      if (typeof credential === 'string') credentials.add(credential);
      const child = type === 'sub_workflow' ? field(field(step, 'config'), 'workflow') : undefined;
      if (typeof child === 'string' && !child.includes('{{')) workflows.add(child);
      lists.push(field(step, 'steps'));
    }
  }
  return { credentials: [...credentials], workflows: [...workflows], stepTypes: [...stepTypes] };
}

function field(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
}
