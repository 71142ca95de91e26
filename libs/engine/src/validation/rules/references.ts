import type { TemplateExpression } from '@rpa/expressions';
import { Ancestry } from '../ancestry.js';
import type { Findings } from '../findings.js';
import { at } from '../json-path.js';
import type { Outline, ScopeEntry, StepEntry } from '../outline.js';
import type { Rule } from '../rule.js';
import { suggestion } from '../suggestion.js';

type Reference = TemplateExpression['references'][number];

interface Reading {
  path: string;
  reference: Reference;
  /** The step that reads; `undefined` for the run's output. */
  reader: StepEntry | undefined;
}

/** Steps that are read exist, can be seen from there, and can have settled before. */
export const referencesRule: Rule = ({ templates, outline, findings }) => {
  const order = new Map<ScopeEntry, Ancestry>();
  const insideOf = bodiesById(outline);
  for (const { path, entry, expressions } of templates) {
    for (const found of expressions) {
      for (const reference of found.references) {
        if (reference.root !== 'steps') continue;
        const reading = { path: at(path, ...found.path), reference, reader: entry };
        checkReading(reading, outline, order, insideOf, findings);
      }
    }
  }
};

function checkReading(
  { path, reference, reader }: Reading,
  outline: Outline,
  order: Map<ScopeEntry, Ancestry>,
  insideOf: ReadonlyMap<string, StepEntry>,
  findings: Findings,
): void {
  const [id] = reference.path;
  const place = { line: reference.line, column: reference.column };
  if (typeof id !== 'string') {
    const message = 'Steps are picked by a computed name, so nothing can be said about when they settle';
    findings.warn(path, 'computed_reference', message);
    return;
  }
  const seen = findVisible(id, reader, outline);
  if (!seen) {
    const owner = insideOf.get(id);
    const hint = owner ? `; it stands in the body of ${owner.id ?? ''}, which cannot be seen from here` : '';
    const known = hint || suggestion(id, visibleIds(reader, outline));
    findings.error(path, 'unknown_reference', `There is no step ${id.slice(0, 100)} here${known}`, place);
    return;
  }
  const { step, from } = seen;
  if (!from) return;
  if (step === from) {
    const what = from === reader ? 'itself' : 'the container that it stands in';
    findings.error(path, 'impossible_reference', `The step reads ${what}, which has not settled then`, place);
    return;
  }
  const ancestry = ancestryOf(step.scope, order);
  if (ancestry.isBefore(from, step)) {
    findings.error(path, 'impossible_reference', `The step ${id} comes after this one`, place);
  } else if (!ancestry.hasCycle && !ancestry.isBefore(step, from)) {
    findings.warn(path, 'unordered_reference', `The step ${id} may not have settled then; its output would be null`);
  }
}

/** The step that an id means at a place, and the reader or the container around it that stands in the same scope. */
function findVisible(id: string, reader: StepEntry | undefined, outline: Outline) {
  if (!reader) {
    const step = outline.root.byId.get(id);
    return step && { step, from: undefined };
  }
  for (let from: StepEntry | undefined = reader; from; from = from.scope.owner) {
    const step = from.scope.byId.get(id);
    if (step) return { step, from };
  }
  return undefined;
}

function* visibleIds(reader: StepEntry | undefined, outline: Outline): Generator<string> {
  if (!reader) yield* outline.root.byId.keys();
  for (let from = reader; from; from = from.scope.owner) yield* from.scope.byId.keys();
}

function bodiesById(outline: Outline): Map<string, StepEntry> {
  const owners = new Map<string, StepEntry>();
  for (const { id, scope } of outline.steps) if (id !== undefined && scope.owner) owners.set(id, scope.owner);
  return owners;
}

function ancestryOf(scope: ScopeEntry, order: Map<ScopeEntry, Ancestry>): Ancestry {
  let ancestry = order.get(scope);
  if (!ancestry) order.set(scope, (ancestry = new Ancestry(scope)));
  return ancestry;
}
