import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { DefinitionIssue } from '../definition/definition.js';
import type { Plan } from '../plan/plan.js';
import { SchemaInvalid } from '../schema/check.js';
import { compileSchema, type SchemaValidator } from '../schema/compile-schema.js';
import { at } from './json-path.js';

const compiled = new WeakMap<object, SchemaValidator>();

/** The faults of a start's inputs, with paths such as `inputs.orderId`; empty when they may be started with. */
export function validateInputs(planOrSchema: Plan | JsonObject | undefined, inputs: JsonValue): DefinitionIssue[] {
  const schema = isPlan(planOrSchema) ? planOrSchema.inputsSchema : planOrSchema;
  if (schema === undefined) return [];
  try {
    return validatorOf(schema)(inputs).map(({ path, keyword, message }) => ({
      path: at('inputs', ...path),
      code: `inputs_${keyword}`,
      message,
    }));
  } catch (error) {
    if (!(error instanceof SchemaInvalid)) throw error;
    return [{ path: 'inputs', code: 'schema_invalid', message: error.message }];
  }
}

function validatorOf(schema: JsonObject): SchemaValidator {
  let validator = compiled.get(schema);
  if (!validator) compiled.set(schema, (validator = compileSchema(schema)));
  return validator;
}

function isPlan(value: Plan | JsonObject | undefined): value is Plan {
  return value !== undefined && 'root' in value && 'definition' in value && 'inputsSchema' in value;
}
