import { AppError, type Fault } from '@rpa/contracts';

/** A definition that cannot even be read. */
export function definitionInvalid(...errors: Fault[]): AppError {
  return new AppError('definition_invalid', errors[0]?.message, { errors });
}
