import type { LoggerService } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { currentLogContext } from './log-context.js';
import { serializeError } from './serialize-error.js';

export type { Logger } from 'pino';

const SECRET_FIELDS = ['password', 'accessToken', 'refreshToken', 'authorization', 'data', 'secret', 'token', 'key'];

/** One JSON line an event, with service, trace, request and execution ids; secrets by name are never written. */
export function createLogger(
  options: { service: string; level: string; format: 'json' | 'pretty' },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[secret]' },
      serializers: { err: serializeError },
      mixin: () => ({ ...traceIds(), ...currentLogContext() }),
    },
    destination ?? standardOutput(options.format),
  );
}

function standardOutput(format: 'json' | 'pretty'): DestinationStream {
  return format === 'pretty'
    ? pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', sync: true })
    : pino.destination({ dest: 1, sync: true });
}

function traceIds(): { traceId?: string; spanId?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { traceId: span.traceId, spanId: span.spanId } : {};
}

/** Lets Nest write through our logger; its start-up chatter goes to `debug`. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug({ context: rest.at(-1) }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error({ err: message instanceof Error ? message : undefined, context: rest.at(-1) }, String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn({ context: rest.at(-1) }, String(message));
  }
}
