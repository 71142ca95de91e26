import { AppError, INLINE_VALUE_LIMIT, type Fault, type JsonObject } from '@rpa/contracts';
import type { Plan, StartInput } from '@rpa/engine';

/** What of a workflow a test run runs. */
export interface PartOfRun {
  /** Outputs that stand for steps of the top level, by id. */
  pins?: JsonObject;
  /** Only this step and what leads to it. */
  until?: string;
  /** This step alone. */
  only?: string;
}

export function partOfStart({ pins = {}, until, only }: PartOfRun): Pick<StartInput, 'adopt' | 'until' | 'only'> {
  return {
    adopt: Object.entries(pins).map(([path, output]) => ({ path, status: 'completed', output })),
    ...(until !== undefined && { until }),
    ...(only !== undefined && { only }),
  };
}

/** Refuses what names no step of the top level, and pins that would stand for more than an output. */
export function assertPart(plan: Plan, { pins = {}, until, only }: PartOfRun): void {
  const faults: Fault[] = [];
  const find = (path: string, id: string) => {
    const node = plan.root.byId.get(id);
    const message = `names no step of the top level; a container is tested as a whole`;
    if (!node) faults.push({ path, code: 'unknown_step', message });
    return node;
  };
  if (until !== undefined) find('until', until);
  if (only !== undefined) find('stepId', only);
  for (const [id, output] of Object.entries(pins)) {
    const node = find(`pins.${id}`, id);
    if (node?.writesVariables && only === undefined)
      faults.push({
        path: `pins.${id}`,
        code: 'not_pinnable',
        message: 'writes variables, which an output cannot stand for',
      });
    const bytes = Buffer.byteLength(JSON.stringify(output));
    if (bytes > INLINE_VALUE_LIMIT)
      faults.push({
        path: `pins.${id}`,
        code: 'too_large',
        message: `has ${bytes} bytes; ${INLINE_VALUE_LIMIT} are allowed`,
      });
  }
  if (faults.length > 0)
    throw new AppError('validation_failed', `${faults.length} field(s) of the test run are not valid.`, {
      errors: faults,
    });
}
