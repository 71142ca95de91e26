import type { ScopeEntry, StepEntry } from '../outline.js';
import { at } from '../json-path.js';
import type { Rule } from '../rule.js';

const STEP_ID = /^[a-z][a-z0-9_]{0,63}$/;
/** Names that mean something to the language that reads `steps.<id>`. */
const RESERVED = new Set(['constructor', 'prototype']);

/** Ids are well formed and unique in their scope and every scope around it. */
export const idsRule: Rule = ({ outline, findings }) => {
  for (const entry of outline.steps) {
    const path = at(entry.path, 'id');
    const { id } = entry;
    if (id === undefined) {
      const given = entry.step['id'] !== undefined;
      findings.error(path, given ? 'invalid_type' : 'id_required', given ? 'id must be a text' : 'id is required');
    } else if (!STEP_ID.test(id)) {
      const message =
        'id must start with a small letter and hold small letters, digits and _ only, at most 64 characters';
      findings.error(path, 'invalid_id', message);
    } else if (RESERVED.has(id)) {
      findings.error(path, 'reserved_id', `The id ${id} is reserved`);
    } else {
      const first = findFirst(entry, id);
      if (first) findings.error(path, 'duplicate_id', `The id ${id} is used already at ${first.path}`);
    }
  }
};

function findFirst(entry: StepEntry, id: string): StepEntry | undefined {
  for (let scope: ScopeEntry | undefined = entry.scope; scope; scope = scope.owner?.scope) {
    const other = scope.byId.get(id);
    if (other && other !== entry) return other;
  }
  return undefined;
}
