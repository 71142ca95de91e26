import { Injectable } from '@nestjs/common';
import { AppError, SERVICES, type AnnounceStepTypesRequest, type Fault, type Principal } from '@rpa/contracts';
import { BUILT_IN_STEP_TYPES } from '@rpa/engine';
import { checkDescriptor } from './check-descriptor.js';
import { StepTypesRepository } from './step-types.repository.js';

const MAX_ANNOUNCED = 500;
const BUILT_IN = new Set(BUILT_IN_STEP_TYPES.map((type) => type.type));

/** Takes what a worker announces into the catalog. */
@Injectable()
export class AnnounceStepTypes {
  constructor(private readonly stepTypes: StepTypesRepository) {}

  async execute(principal: Principal | null, request: AnnounceStepTypesRequest): Promise<void> {
    const { source, types } = request;
    const service = principal?.kind === 'service' ? principal.service : null;
    // The name of a service of ours speaks for the step types of that service alone.
    if (source !== service && SERVICES.some((name) => name === source))
      throw new AppError('forbidden', `Only the service '${source}' announces in its name.`);
    if (types.length > MAX_ANNOUNCED)
      throw new AppError('validation_failed', `At most ${MAX_ANNOUNCED} step types can be announced at once.`);
    const faults = types.flatMap((type, index) => checkDescriptor(type, `types[${index}]`));
    types.forEach((type, index) => {
      if (BUILT_IN.has(type.type))
        faults.push({
          path: `types[${index}].type`,
          code: 'built_in',
          message: `'${type.type}' is built in and cannot be announced`,
        });
      else if (types.findIndex((other) => other.type === type.type) !== index)
        faults.push({ path: `types[${index}].type`, code: 'duplicate', message: `'${type.type}' is announced twice` });
    });
    if (faults.length > 0)
      throw new AppError('validation_failed', `${faults.length} fault(s) in the announced step types.`, {
        errors: faults,
      });
    if (types.length === 0) return;
    const owned = new Set(await this.stepTypes.announce(source, types));
    const refused: Fault[] = types.flatMap((type, index) =>
      owned.has(type.type)
        ? []
        : [{ path: `types[${index}].type`, code: 'taken', message: `'${type.type}' belongs to another source` }],
    );
    if (refused.length > 0)
      throw new AppError('conflict', 'Some step types belong to another source; the others were taken.', {
        errors: refused,
      });
  }
}
