import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { Definition, StepDefinition } from '../definition/definition.js';
import { isObject } from '../definition/normalize.js';
import { importStep } from './python-steps.js';
import { importId, importValue } from './python-values.js';
import { ImportReport, type ImportNote } from './report.js';

export interface PythonImport {
  definition: Definition;
  /** What did not map or changed, step by step; nothing is dropped without a note. */
  report: ImportNote[];
}

interface Imported {
  original: JsonObject;
  step: StepDefinition;
}

/**
 * Reads a definition of the Python original: snake_case keys, `depends_on`, bodies as lists of ids, embedded loop steps,
 * hyphened ids, Python-flavoured expressions. Validate what it gives: a step type or a credential may be missing here.
 */
export function importPythonDefinition(original: unknown): PythonImport {
  const report = new ImportReport();
  const source = isObject(original) ? original : {};
  const list = Array.isArray(source['steps']) ? source['steps'] : [];
  const imported = new Map<string, Imported>();
  for (const entry of list) if (isObject(entry)) addStep(entry, imported, report);
  const inBodies = moveBodies(imported, report);
  for (const { original: from, step } of imported.values()) connect(from, step, imported, report);
  const definition: Definition = { format: 1, steps: topLevel(imported, inBodies) };
  const { variables } = source;
  if (isObject(variables)) definition.variables = importValue(variables, undefined, 'variables', report) as JsonObject;
  for (const field of Object.keys(source)) {
    if (!['steps', 'variables', 'version', 'name', 'description'].includes(field)) {
      report.add('lost', undefined, field, `The field ${field} has no counterpart in a definition`);
    }
  }
  return { definition, report: report.notes };
}

function addStep(original: JsonObject, imported: Map<string, Imported>, report: ImportReport): void {
  const written = String(original['id'] ?? `step_${imported.size + 1}`);
  let id = importId(written);
  for (let suffix = 2; [...imported.values()].some(({ step }) => step.id === id); suffix++)
    id = `${importId(written)}_${suffix}`;
  if (id !== written) report.add('changed', id, 'id', `The id ${written} is ${id} here`);
  imported.set(written, { original, step: importStep(original, id, report) });
}

/** Bodies are lists of ids, or one step embedded in the config of a loop. Gives the ids that stand in a body. */
function moveBodies(imported: Map<string, Imported>, report: ImportReport): Set<string> {
  const inBodies = new Set<string>();
  for (const { original, step } of [...imported.values()]) {
    if (step.type !== 'foreach') continue;
    const config = isObject(original['config']) ? original['config'] : {};
    step.steps = [];
    for (const id of idsOf(original['body'] ?? config['body'])) {
      const inner = imported.get(id);
      if (!inner) report.add('lost', step.id, 'body', `The body names ${id}, which is not there`);
      else {
        step.steps.push(inner.step);
        inBodies.add(id);
      }
    }
    if (isObject(config['step'])) step.steps.push(...embedded(config, config['step'], step.id, report));
    if (step.steps.length === 0) report.add('lost', step.id, 'body', 'The loop has no body');
  }
  return inBodies;
}

function embedded(config: JsonObject, inner: JsonObject, owner: string, report: ImportReport): StepDefinition[] {
  const id = importId(`${owner}_${String(inner['id'] ?? 'each')}`);
  const step = importStep(inner, id, report);
  const pause = Number(config['delay_between']);
  if (!(pause > 0)) return [step];
  const wait: StepDefinition = {
    id: `${owner}_pause`.slice(0, 64),
    type: 'delay',
    config: { duration: `${Math.ceil(pause * 1000)}ms` },
  };
  report.add('changed', owner, 'config.delay_between', 'The pause between items is a delay step before each one');
  return [{ ...wait, next: [step.id] }, step];
}

function connect(
  original: JsonObject,
  step: StepDefinition,
  imported: Map<string, Imported>,
  report: ImportReport,
): void {
  const target = (id: string, field: string): string[] => {
    const found = imported.get(id);
    if (!found) report.add('lost', step.id, field, `It leads to ${id}, which is not there`);
    return found ? [found.step.id] : [];
  };
  const targets = (value: JsonValue | undefined, field: string) => [
    ...new Set(idsOf(value).flatMap((id) => target(id, field))),
  ];
  const next = targets(original['next'], 'next');
  if (next.length > 0) step.next = [...new Set([...(step.next ?? []), ...next])];
  for (const id of idsOf(original['depends_on'])) {
    const before = imported.get(id)?.step;
    if (!before) report.add('lost', step.id, 'depends_on', `It waits for ${id}, which is not there`);
    else before.next = [...new Set([...(before.next ?? []), step.id])];
  }
  const config = isObject(original['config']) ? original['config'] : {};
  const branches: { [name: string]: string[] } = {};
  const written = original['branches'] ?? config['branches'];
  if (isObject(written)) {
    for (const [name, ids] of Object.entries(written))
      if (name !== '__proto__') branches[name] = targets(ids, `branches.${name}`);
  } else if (Array.isArray(written))
    written.forEach((ids, index) => (branches[`b${index + 1}`] = targets(ids, `branches[${index}]`)));
  for (const [field, name] of [
    ['on_true', 'true'],
    ['on_false', 'false'],
  ] as const) {
    const ids = original[field] ?? config[field];
    if (ids !== undefined) branches[name] = targets(ids, field);
  }
  if (Object.keys(branches).length > 0) step.branches = branches;
  connectErrors(original['on_error'] ?? original['error_handler'], step, targets);
}

function connectErrors(
  onError: JsonValue | undefined,
  step: StepDefinition,
  targets: (value: JsonValue | undefined, field: string) => string[],
): void {
  if (onError === undefined || onError === null || onError === 'fail' || onError === 'stop') return;
  if (onError === 'continue' || onError === 'skip' || onError === 'ignore') step.onError = { action: 'continue' };
  else {
    const ids = targets(
      isObject(onError) ? (onError['step'] ?? onError['steps'] ?? onError['next']) : onError,
      'on_error',
    );
    if (ids.length > 0) step.onError = { action: 'route', steps: ids };
  }
}

function topLevel(imported: Map<string, Imported>, inBodies: ReadonlySet<string>): StepDefinition[] {
  return [...imported].filter(([id]) => !inBodies.has(id)).map(([, { step }]) => step);
}

function idsOf(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
}
