import type { CommandDefinition } from '@rpa/contracts';
import { Catch, Controller, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';

/** Nest would answer every error that is none of its own with "Internal server error"; ours go to the responder. */
@Catch()
class HandErrorsOn implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/** Marks a class whose methods answer commands (`<feature>.messages.ts`). */
export const Messages = (): ClassDecorator => (target) => {
  Controller()(target);
  UseFilters(HandErrorsOn)(target);
};

/**
 * Binds a method `(request, context: MessageContext) => reply` to a command. Who may call it stands in the command's
 * `access` and is checked before the method runs.
 */
export function Handles<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
): MethodDecorator {
  return (target, method, descriptor) => {
    Payload()(target, method, 0);
    Ctx()(target, method, 1);
    MessagePattern(command.subject, { command })(target, method, descriptor);
  };
}
