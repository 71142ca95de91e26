import type { JsonObject, JsonValue } from '@rpa/contracts';
import { templateExpressions, type TemplateExpression } from '@rpa/expressions';
import { isObject } from '../definition/normalize.js';
import { at } from './json-path.js';
import type { Outline, ScopeEntry, StepEntry } from './outline.js';

/** A part of the definition in which expressions are evaluated, and the names that they may read there. */
export interface PlacedTemplate {
  value: JsonValue;
  path: string;
  roots: readonly string[];
  /** The step that it belongs to; `undefined` for the run's own. */
  entry: StepEntry | undefined;
}

/** A template with its expressions, taken apart once for all rules. */
export interface AnalysedTemplate extends PlacedTemplate {
  expressions: readonly TemplateExpression[];
}

export function analyseTemplates(definition: JsonObject, outline: Outline): AnalysedTemplate[] {
  const analysed: AnalysedTemplate[] = [];
  for (const template of templatesOf(definition, outline)) {
    const expressions = templateExpressions(template.value, { roots: template.roots });
    if (expressions.length > 0) analysed.push({ ...template, expressions });
  }
  return analysed;
}

const START_ROOTS = ['inputs', 'env', 'trigger', 'workflow', 'execution', 'now'];
const RUN_ROOTS = [...START_ROOTS, 'variables', 'steps'];
const IN_WHILE = [...RUN_ROOTS, 'loop'];
const IN_FOREACH = [...RUN_ROOTS, 'loop', 'item'];

/** Every place of the definition where expressions are evaluated. */
function* templatesOf(definition: JsonObject, outline: Outline): Generator<PlacedTemplate> {
  const { variables, output } = definition;
  if (variables !== undefined) yield { value: variables, path: 'variables', roots: START_ROOTS, entry: undefined };
  if (output !== undefined) yield { value: output, path: 'output', roots: RUN_ROOTS, entry: undefined };
  for (const control of ['concurrency', 'rateLimit', 'debounce']) {
    const value = flowKey(definition['settings'], control);
    if (value !== undefined) yield { value, path: `settings.${control}.key`, roots: START_ROOTS, entry: undefined };
  }
  for (const entry of outline.steps) {
    const roots = rootsIn(entry.scope);
    const { when, config } = entry.step;
    if (when !== undefined) yield { value: when, path: at(entry.path, 'when'), roots, entry };
    if (config === undefined) continue;
    const own = entry.type === 'while' ? [...roots, 'loop'] : roots;
    yield { value: config, path: at(entry.path, 'config'), roots: own, entry };
  }
}

/** `item` comes from the nearest foreach around, `loop` from the innermost container. */
function rootsIn(scope: ScopeEntry): readonly string[] {
  if (!scope.owner) return RUN_ROOTS;
  for (let around: ScopeEntry | undefined = scope; around?.owner; around = around.owner.scope) {
    if (around.owner.type === 'foreach') return IN_FOREACH;
  }
  return IN_WHILE;
}

function flowKey(settings: JsonValue | undefined, control: string): JsonValue | undefined {
  const group = isObject(settings) ? settings[control] : undefined;
  return isObject(group) ? group['key'] : undefined;
}
