import { setTimeout as sleep } from 'node:timers/promises';
import { HEALTH_CHECK_LIMIT_MS, type CredentialValue, type HealthCheckResult } from '@rpa/contracts';
import type { IntegrationEntity } from '@rpa/entities/integrations';
import { authorizationOf, StepFailure, type HttpClient } from '@rpa/step-kit';
import { durationMs } from '../integrations/duration.js';
import { healthCheckUrlOf } from '../integrations/health-check-url.js';

type Finding = Pick<HealthCheckResult, 'status' | 'httpStatus' | 'error'>;

const MAX_BODY_BYTES = 1024 * 1024;

/** Asks an external system how it is: as often as its settings say, for a minute at most. */
export async function probeIntegration(
  http: HttpClient,
  integration: IntegrationEntity,
  credential: CredentialValue | null,
  retries: number,
): Promise<HealthCheckResult> {
  const until = Date.now() + HEALTH_CHECK_LIMIT_MS;
  const pauseMs = durationMs(integration.retryDelay);
  for (let attempts = 1; ; attempts++) {
    const started = performance.now();
    const timeoutMs = Math.min(durationMs(integration.timeout), until - Date.now());
    const { final, ...finding } = await tryOnce(http, integration, credential, timeoutMs);
    const latencyMs = Math.round(performance.now() - started);
    const isLast = final || attempts > retries || Date.now() + pauseMs >= until;
    if (finding.status === 'healthy' || isLast)
      return { ...finding, latencyMs, attempts, checkedAt: new Date().toISOString() };
    await sleep(pauseMs);
  }
}

async function tryOnce(
  http: HttpClient,
  integration: IntegrationEntity,
  credential: CredentialValue | null,
  timeoutMs: number,
): Promise<Finding & { final: boolean }> {
  const authorization = authorizationOf(credential);
  try {
    const { status } = await http({
      method: integration.healthCheckMethod,
      url: withQuery(healthCheckUrlOf(integration), authorization.query),
      headers: { ...integration.headers, ...authorization.headers },
      credentialHeaders: Object.keys(authorization.headers),
      timeoutMs,
      maxBodyBytes: MAX_BODY_BYTES,
    });
    return { ...judge(status, integration.expectedStatus), httpStatus: status, final: status < 500 };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return { status: 'down', httpStatus: null, error: error.message, final: !error.retryable };
  }
}

function withQuery(url: string, query: Record<string, string>): string {
  const target = new URL(url);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  return target.href;
}

function judge(status: number, expected: number | null): Pick<Finding, 'status' | 'error'> {
  const fits = expected === null ? status >= 200 && status < 400 : status === expected;
  if (fits) return { status: 'healthy', error: null };
  const error = `The status is ${status}, expected was ${expected ?? '200 to 399'}.`;
  return { status: status >= 500 ? 'down' : 'degraded', error };
}
