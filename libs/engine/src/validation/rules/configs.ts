import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { TemplateExpression } from '@rpa/expressions';
import { isObject } from '../../definition/normalize.js';
import { SchemaInvalid, UNKNOWN, UNKNOWN_TEXT, type Instance } from '../../schema/check.js';
import { compileSchema, type SchemaValidator } from '../../schema/compile-schema.js';
import { at } from '../json-path.js';
import type { StepEntry } from '../outline.js';
import type { Rule, RuleInput } from '../rule.js';

/** Configs fit the schema of their step's type as far as that can be said before their expressions are evaluated. */
export const configsRule: Rule = (input) => {
  const validators = new Map<JsonObject, SchemaValidator | undefined>();
  const expressions = new Map<StepEntry, readonly TemplateExpression[]>();
  for (const template of input.templates) {
    if (template.entry && template.path.endsWith('.config')) expressions.set(template.entry, template.expressions);
  }
  for (const entry of input.outline.steps) checkConfig(entry, expressions.get(entry) ?? [], validators, input);
};

function checkConfig(
  { step, path, type }: StepEntry,
  expressions: readonly TemplateExpression[],
  validators: Map<JsonObject, SchemaValidator | undefined>,
  { stepTypes, findings }: RuleInput,
): void {
  const version = typeof step['typeVersion'] === 'number' ? step['typeVersion'] : undefined;
  const schema = (stepTypes.get(type, version) ?? stepTypes.newest(type))?.configSchema;
  const { config = {} } = step;
  if (!schema || !isObject(config)) return;
  if (!validators.has(schema)) validators.set(schema, compiled(schema));
  const validator = validators.get(schema);
  if (!validator) {
    findings.warn(at(path, 'config'), 'schema_unsupported', `The config schema of ${type} cannot be checked here`);
    return;
  }
  for (const fault of validator(withUnknowns(config, expressions))) {
    const place = at(path, 'config', ...fault.path);
    findings.error(place, 'config_invalid', `${lastOf(fault.path)} ${fault.message}`);
  }
}

function lastOf(path: readonly (string | number)[]): string {
  const last = path.at(-1);
  return last === undefined ? 'config' : String(last).slice(0, 100);
}

function compiled(schema: JsonObject): SchemaValidator | undefined {
  try {
    return compileSchema(schema);
  } catch (error) {
    if (error instanceof SchemaInvalid) return undefined;
    throw error;
  }
}

/** The config with a mark in place of every text that an expression will make. */
function withUnknowns(config: JsonValue, expressions: readonly TemplateExpression[]): Instance {
  if (expressions.length === 0) return config;
  const marks = new Map(
    expressions.map((found) => [JSON.stringify(found.path), found.whole ? UNKNOWN : UNKNOWN_TEXT] as const),
  );
  return marked(config, [], marks);
}

function marked(value: JsonValue, path: (string | number)[], marks: ReadonlyMap<string, Instance>): Instance {
  if (typeof value === 'string') return value.includes('{{') ? (marks.get(JSON.stringify(path)) ?? value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((entry, index) => marked(entry, [...path, index], marks));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, marked(entry, [...path, key], marks)]));
}
