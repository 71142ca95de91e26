import { SpanKind, SpanStatusCode, context, propagation, trace, type Context, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const FLUSH_WITHIN_MS = 1_000;

let provider: NodeTracerProvider | null = null;

/**
 * Turns tracing on for this process, once. Without an endpoint spans are made and propagated (ids in logs, errors and the
 * journal) but not kept.
 */
export function startTracing(options: { service: string; otlpEndpoint: string | null }): void {
  if (provider) return;
  provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.service }),
    spanProcessors: options.otlpEndpoint
      ? [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${options.otlpEndpoint.replace(/\/$/, '')}/v1/traces` }))]
      : [],
  });
  provider.register();
}

/** Sends what is left; call last. */
export async function flushTraces(): Promise<void> {
  const flushed = provider?.forceFlush().catch(() => undefined);
  // A collector that does not answer must not hold up the end.
  await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, FLUSH_WITHIN_MS).unref())]);
}

/** Runs `body` in a span that continues the given W3C `traceparent` (or the running one); errors mark the span. */
export function inSpan<T>(
  name: string,
  options: { kind?: SpanKind; traceparent?: string | null; attributes?: Record<string, string | number> },
  body: (span: Span) => Promise<T>,
): Promise<T> {
  const parent: Context = options.traceparent
    ? propagation.extract(context.active(), { traceparent: options.traceparent })
    : context.active();
  return trace
    .getTracer('rpa')
    .startActiveSpan(
      name,
      { kind: options.kind ?? SpanKind.INTERNAL, ...(options.attributes && { attributes: options.attributes }) },
      parent,
      async (span) => {
        try {
          return await body(span);
        } catch (error) {
          span.setStatus({
            code: SpanStatusCode.ERROR,
            message: error instanceof Error ? error.message : String(error),
          });
          throw error;
        } finally {
          span.end();
        }
      },
    );
}

/** The running trace as a W3C `traceparent`, to store or to hand on. */
export function currentTraceparent(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

export function currentTraceId(): string | null {
  return trace.getActiveSpan()?.spanContext().traceId ?? null;
}

/** Trace id of a `traceparent`. */
export function traceIdOf(traceparent: string | null | undefined): string | null {
  return /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(traceparent ?? '')?.[1] ?? null;
}
