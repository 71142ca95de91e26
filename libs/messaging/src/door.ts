import type { CommandDefinition } from '@rpa/contracts';
import type { IncomingHeaders, MessageContext } from './message-context.js';

/**
 * What stands between the wire and every handler. `admit` proves who asks and that they may (throws `unauthenticated`
 * or `forbidden`); `validate` turns the body into the command's message class or throws `validation_failed`.
 */
export interface Door {
  admit(command: CommandDefinition, headers: IncomingHeaders): MessageContext | Promise<MessageContext>;
  validate<Request extends object>(command: CommandDefinition<Request>, body: unknown): Request | Promise<Request>;
  /** Told about every handled message: metrics and logs. `error` is what was answered, when it was one. */
  observe(command: CommandDefinition, tookMs: number, error: unknown): void;
  /** Runs the handler once (see Idempotency-Key) inside the message's trace and log context. */
  run<Reply extends object>(
    command: CommandDefinition,
    context: MessageContext,
    request: object,
    handler: () => Promise<Reply>,
  ): Promise<Reply>;
}

export type CommandHandler<Request extends object = object, Reply extends object = object> = (
  request: Request,
  context: MessageContext,
) => Promise<Reply> | Reply;
