import { AppError, type CommandDefinition } from '@rpa/contracts';
import { errors as natsErrors } from '@nats-io/nats-core';

/** Nobody listens on the subject. */
export class NoResponders extends Error {
  constructor(readonly subject: string) {
    super(`Nobody listens on ${subject}`);
  }
}

export function isNoResponders(error: unknown): boolean {
  if (error instanceof natsErrors.NoRespondersError) return true;
  return error instanceof natsErrors.RequestError && error.cause instanceof natsErrors.NoRespondersError;
}

export function toAppError(error: unknown, command: CommandDefinition): AppError {
  if (AppError.is(error)) return error;
  if (isNoResponders(error))
    return new AppError('unavailable', `The service '${command.owner}' does not answer.`, { cause: error });
  if (error instanceof natsErrors.TimeoutError)
    return new AppError('timeout', `The service '${command.owner}' did not answer in time.`, { cause: error });
  return new AppError('unavailable', `The service '${command.owner}' cannot be reached.`, { cause: error });
}
