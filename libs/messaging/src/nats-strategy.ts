import { commandsOwnedBy, type CommandDefinition, type ServiceName } from '@rpa/contracts';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Bus } from './bus.js';
import type { CommandHandler, Door } from './door.js';

/**
 * The Nest transport of the platform: every `@Handles` method answers its command on our own {@link Bus}. A service that
 * owns a command without a handler, handles one twice, or handles somebody else's, refuses to start.
 */
export class NatsStrategy extends Server implements CustomTransportStrategy {
  private readonly direct: { command: CommandDefinition; handler: CommandHandler }[] = [];
  private readonly repeated: { command?: CommandDefinition }[] = [];

  constructor(
    private readonly service: ServiceName,
    private readonly bus: Bus,
    private readonly door: Door,
  ) {
    super();
  }

  /** Nest would let a second handler of a command replace the first one silently. */
  override addHandler(pattern: unknown, callback: MessageHandler, isEvent = false, extras = {}): void {
    const known = this.messageHandlers.get(this.normalizePattern(pattern as string));
    if (known) this.repeated.push(extras as { command?: CommandDefinition });
    super.addHandler(pattern, callback, isEvent, extras);
  }

  /** Binds a plain function, without Nest between the wire and it: for the hottest commands. */
  handleDirectly<Request extends object, Reply extends object>(
    command: CommandDefinition<Request, Reply>,
    handler: CommandHandler<Request, Reply>,
  ): void {
    this.direct.push({ command, handler: handler as CommandHandler });
  }

  override listen(callback: (error?: unknown) => void): void {
    try {
      const bindings = [...this.direct, ...this.nestHandlers()];
      const repeated = this.repeated.flatMap(({ command }) => command ?? []);
      this.assertComplete([...bindings.map((binding) => binding.command), ...repeated]);
      for (const { command, handler } of bindings) this.bus.responder.handle(command, this.door, handler);
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** The bus belongs to the service that opened it and is closed by it. */
  override close(): void {}

  override on(): void {}

  override unwrap<T>(): T {
    return this.bus as T;
  }

  private nestHandlers(): { command: CommandDefinition; handler: CommandHandler }[] {
    const bindings: { command: CommandDefinition; handler: CommandHandler }[] = [];
    for (const [pattern, first] of this.messageHandlers) {
      const command = first.extras?.['command'] as CommandDefinition | undefined;
      if (!command) throw new Error(`The handler of '${pattern}' was not declared with @Handles(command).`);
      bindings.push({ command, handler: callNest(first) });
    }
    return bindings;
  }

  private assertComplete(handled: CommandDefinition[]): void {
    const faults: string[] = [];
    const subjects = handled.map((command) => command.subject);
    for (const command of commandsOwnedBy(this.service))
      if (!subjects.includes(command.subject)) faults.push(`'${command.subject}' has no handler`);
    for (const subject of new Set(subjects.filter((subject, index) => subjects.indexOf(subject) !== index)))
      faults.push(`'${subject}' has two handlers`);
    for (const command of handled)
      if (command.owner !== this.service) faults.push(`'${command.subject}' belongs to '${command.owner}'`);
    if (faults.length > 0) throw new Error(`The service '${this.service}' is wired wrongly: ${faults.join('; ')}.`);
  }
}

function callNest(handler: MessageHandler): CommandHandler {
  return async (request, context) => {
    const result: unknown = await handler(request, context);
    return (isObservable(result) ? await lastValueFrom(result) : result) as object;
  };
}
