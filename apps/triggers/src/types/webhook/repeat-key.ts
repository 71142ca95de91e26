import type { JsonValue } from '@rpa/contracts';
import type { WebhookConfig } from './webhook-config.js';

/** By what a sender marks the same event sent again; null: it does not. */
export function repeatKey(
  { signature }: Pick<WebhookConfig, 'signature'>,
  headers: Readonly<Record<string, string>>,
  payload: JsonValue,
): string | null {
  const fields = typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : {};
  const field = (name: string): string | null => (typeof fields[name] === 'string' ? fields[name] : null);
  const own = signature === 'stripe' ? field('id') : signature === 'slack' ? field('event_id') : null;
  const key = headers['webhook-id'] ?? headers['x-github-delivery'] ?? own ?? headers['idempotency-key'] ?? null;
  return key === null || key === '' ? null : key.slice(0, 1_000);
}
