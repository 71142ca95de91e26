import { AppError, type JsonObject, type JsonValue } from '@rpa/contracts';
import { validateInputs, type Plan, type StepDefinition } from '@rpa/engine';

/**
 * Refuses a payload that no `wait_for_signal` step of this name could take. Steps whose name hangs on an expression are
 * not looked at, and one without a schema takes everything.
 */
export function checkSignal(plan: Plan, name: string, payload: JsonValue): void {
  const schemas = schemasOf(plan.definition.steps, name);
  if (schemas.length === 0 || schemas.includes(null)) return;
  const faults = schemas.map((schema) => validateInputs(schema ?? {}, payload));
  const [first] = faults;
  if (!first || faults.some((each) => each.length === 0)) return;
  throw new AppError('validation_failed', `The payload does not fit what waits for the signal '${name}'.`, {
    errors: first.map(({ path, code, message }) => ({ path: path.replace(/^inputs/, 'payload'), code, message })),
  });
}

function schemasOf(steps: readonly StepDefinition[], name: string): (JsonObject | null)[] {
  return steps.flatMap((step) => {
    const inside = schemasOf(step.steps ?? [], name);
    if (step.type !== 'wait_for_signal' || step.config?.['name'] !== name) return inside;
    return [(step.config['schema'] as JsonObject | undefined) ?? null, ...inside];
  });
}
