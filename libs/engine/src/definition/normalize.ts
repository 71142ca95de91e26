import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { Definition, ErrorHandling } from './definition.js';
import type { StepTypes } from '../steps/step-types.js';

/**
 * The stored form of a definition: `format: 1`, lists for single ids, `onError` as an object, `typeVersion` filled in
 * with the newest known version. Nothing is checked here; what has another shape is passed on for validation to name.
 */
export function normalizeDefinition(source: unknown, stepTypes: StepTypes): Definition {
  if (!isObject(source)) return source as Definition;
  const { version, format, steps, ...rest } = source;
  const readAsOne = format ?? version;
  const normalized = { format: String(readAsOne ?? 1) === '1' ? 1 : readAsOne, ...rest } as JsonObject;
  normalized['steps'] = normalizeSteps(steps, stepTypes, 0);
  return normalized as unknown as Definition;
}

const DEEPEST = 64;

function normalizeSteps(steps: JsonValue | undefined, stepTypes: StepTypes, depth: number): JsonValue {
  if (!Array.isArray(steps) || depth > DEEPEST) return steps as JsonValue;
  return steps.map((step) => (isObject(step) ? normalizeStep(step, stepTypes, depth) : step));
}

function normalizeStep(step: JsonObject, stepTypes: StepTypes, depth: number): JsonValue {
  const normalized: JsonObject = { ...step };
  if (typeof step['next'] === 'string') normalized['next'] = [step['next']];
  if (isObject(step['branches'])) {
    const branches: JsonObject = {};
    for (const [name, targets] of Object.entries(step['branches'])) {
      if (name !== '__proto__') branches[name] = typeof targets === 'string' ? [targets] : targets;
    }
    normalized['branches'] = branches;
  }
  if (step['onError'] !== undefined) normalized['onError'] = normalizeOnError(step['onError']) as unknown as JsonValue;
  const typeVersion = step['typeVersion'] ?? stepTypes.newest(String(step['type']))?.version;
  if (typeVersion !== undefined) normalized['typeVersion'] = typeVersion;
  if (step['steps'] !== undefined) normalized['steps'] = normalizeSteps(step['steps'], stepTypes, depth + 1);
  return normalized;
}

function normalizeOnError(value: JsonValue): ErrorHandling | JsonValue {
  if (value === 'fail' || value === 'continue') return { action: value };
  if (typeof value === 'string') return { action: 'route', steps: [value] };
  if (Array.isArray(value)) return { action: 'route', steps: value as string[] };
  if (isObject(value) && typeof value['steps'] === 'string') return { ...value, steps: [value['steps']] } as JsonValue;
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
