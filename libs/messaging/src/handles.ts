import type { CommandDefinition } from '@rpa/contracts';
import { MessagePattern } from '@nestjs/microservices';
import { Controller } from '@nestjs/common';

/** Marks a class whose methods answer commands (`<feature>.messages.ts`). */
export const Messages = (): ClassDecorator => Controller();

/**
 * Binds a method `(request, context: MessageContext) => reply` to a command. Who may call it stands in the command's
 * `access` and is checked before the method runs.
 */
export function Handles<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
): MethodDecorator {
  return MessagePattern(command.subject, { command });
}
