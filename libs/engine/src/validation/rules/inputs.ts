import { isObject } from '../../definition/normalize.js';
import { SchemaInvalid } from '../../schema/check.js';
import { compileSchema } from '../../schema/compile-schema.js';
import { at } from '../json-path.js';
import type { Rule } from '../rule.js';

/** `inputs` is a JSON Schema that can be checked safely. */
export const inputsRule: Rule = ({ definition, findings }) => {
  const { inputs } = definition;
  if (!isObject(inputs)) return;
  try {
    compileSchema(inputs);
  } catch (error) {
    if (!(error instanceof SchemaInvalid)) throw error;
    findings.error(at('inputs', ...error.path), 'schema_invalid', error.message);
  }
};
