import type { JsonObject, JsonValue } from '@rpa/contracts';

const STEP_FIELDS = ['depends_on', 'on_error', 'error_handler', 'task_type'];
const CONFIG_FIELDS = ['on_true', 'on_false', 'max_parallel'];
const TYPES = ['loop', 'custom_script', 'python_script'];

/**
 * Whether a definition has the form of the Python original: it does not say format 1, and a step has something that only
 * that form has.
 */
export function isPythonForm(definition: JsonObject): boolean {
  const { format, version, steps } = definition;
  if (format !== undefined || version === '1' || version === 1 || !Array.isArray(steps)) return false;
  return steps.some((step) => isObject(step) && hasPythonMark(step));
}

function hasPythonMark(step: JsonObject): boolean {
  const { id, type, config, retry } = step;
  if (typeof id === 'string' && id.includes('-')) return true;
  if (typeof type === 'string' && TYPES.includes(type)) return true;
  if (STEP_FIELDS.some((field) => field in step)) return true;
  if (isObject(retry) && 'max_attempts' in retry) return true;
  if (!isObject(config)) return false;
  return CONFIG_FIELDS.some((field) => field in config) || (type === 'condition' && 'condition' in config);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
