import { SpanKind } from '@opentelemetry/api';
import { AppError, HEADERS, type CommandDefinition } from '@rpa/contracts';
import type { Door, IncomingHeaders, MessageContext } from '@rpa/messaging';
import type { AuditDesk } from '../audit/audit-desk.js';
import type { Idempotency } from '../idempotency/idempotency.js';
import { toAppError } from '../errors/to-app-error.js';
import type { Logger } from '../log/logger.js';
import { withLogContext } from '../log/log-context.js';
import type { Metrics } from '../metrics/metrics.js';
import { checkAccess } from '../principal/check-access.js';
import type { Identity } from '../principal/identity.js';
import { inSpan } from '../trace/tracing.js';
import { validateMessage } from './validate-message.js';

/** The door of every service: signature, permission, body, idempotency, trace, log and metrics, in this order. */
export class ServiceDoor implements Door {
  constructor(
    private readonly identity: Identity,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
    private readonly idempotency: Idempotency | null,
    private readonly audit: AuditDesk | null = null,
  ) {}

  async admit(command: CommandDefinition, headers: IncomingHeaders): Promise<MessageContext> {
    const token = headers.get(HEADERS.principal);
    const principal = token ? await this.identity.principal(token) : null;
    checkAccess(command.access, principal);
    const address = headers.get(HEADERS.clientAddress);
    return {
      principal,
      ...(address && { client: { address, userAgent: headers.get(HEADERS.userAgent) ?? '' } }),
      requestId: headers.get(HEADERS.requestId),
      idempotencyKey: headers.get(HEADERS.idempotencyKey),
      traceparent: headers.get(HEADERS.traceparent),
    };
  }

  validate<Request extends object>(command: CommandDefinition<Request>, body: unknown): Promise<Request> {
    return validateMessage(command.request, body);
  }

  async run<Reply extends object>(
    command: CommandDefinition,
    context: MessageContext,
    request: object,
    handler: () => Promise<Reply>,
  ): Promise<Reply> {
    const { idempotency } = this;
    const audited = (): Promise<Reply> => this.audit?.watch(command, context, request, handler) ?? handler();
    const call =
      idempotency && command.idempotent && context.idempotencyKey
        ? (): Promise<Reply> => idempotency.once(command, context, request, audited)
        : audited;
    return withLogContext(
      {
        ...(context.requestId && { requestId: context.requestId }),
        ...(context.principal?.organizationId && { organizationId: context.principal.organizationId }),
      },
      () =>
        inSpan(command.subject, { kind: SpanKind.SERVER, traceparent: context.traceparent }, async () => {
          try {
            return await call();
          } catch (error) {
            throw this.translate(command, error);
          }
        }),
    );
  }

  observe(command: CommandDefinition, tookMs: number, error: unknown): void {
    this.metrics.observeCommand(command.subject, tookMs / 1000, error ? toAppError(error).code : 'ok');
    // Outside of the handler: while the body was read, checked or the answer written.
    if (error && !AppError.is(error)) this.logger.error({ err: error, command: command.subject }, 'A message failed');
  }

  private translate(command: CommandDefinition, error: unknown): Error {
    const known = toAppError(error);
    if (known.code === 'internal') this.logger.error({ err: error, command: command.subject }, 'A command failed');
    return known;
  }
}
