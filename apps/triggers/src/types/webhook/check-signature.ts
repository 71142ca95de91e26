import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SignatureScheme, WebhookConfig } from './webhook-config.js';

/** Older or newer than this a request is a replay. */
const WINDOW_SECONDS = 300;

export interface SignedRequest {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

interface Claim {
  /** What was signed; the body follows. */
  prefix: string;
  /** Signatures that the request brings, as bytes. */
  signatures: Buffer[];
  keysOf?: (secret: string) => Buffer[];
}

/**
 * Whether a request was signed with one of the secrets. Any number of secrets and signatures is compared, each in constant
 * time.
 * @param now milliseconds since 1970
 * @returns null, or why it was not
 */
export function checkSignature(
  { signature = 'standard', signatureHeader = 'x-signature' }: Pick<WebhookConfig, 'signature' | 'signatureHeader'>,
  secrets: readonly string[],
  request: SignedRequest,
  now: number,
): string | null {
  const claim = CLAIMS[signature](request.headers, now, signatureHeader.toLowerCase());
  if (typeof claim === 'string') return claim;
  const signed = Buffer.concat([Buffer.from(claim.prefix), request.body]);
  const keysOf = claim.keysOf ?? ((secret: string) => [Buffer.from(secret)]);
  let isValid = false;
  for (const key of secrets.flatMap(keysOf)) {
    const expected = createHmac('sha256', key).update(signed).digest();
    for (const given of claim.signatures)
      if (given.length === expected.length && timingSafeEqual(given, expected)) isValid = true;
  }
  return isValid ? null : 'The signature does not match.';
}

type ReadClaim = (headers: SignedRequest['headers'], now: number, header: string) => Claim | string;

const CLAIMS: Record<SignatureScheme, ReadClaim> = {
  standard(headers, now) {
    const [id = '', timestamp = '', given = ''] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
      (name) => headers[name],
    );
    if (id === '') return 'There is no webhook-id.';
    const late = checkTime('webhook-timestamp', timestamp, now);
    if (late) return late;
    const signatures = given
      .split(' ')
      .flatMap((part) => (part.startsWith('v1,') ? [Buffer.from(part.slice(3), 'base64')] : []));
    return { prefix: `${id}.${timestamp}.`, signatures, keysOf: standardKeys };
  },
  github(headers) {
    const given = headers['x-hub-signature-256'] ?? '';
    return { prefix: '', signatures: given.startsWith('sha256=') ? hex(given.slice(7)) : [] };
  },
  stripe(headers, now) {
    const parts = (headers['stripe-signature'] ?? '').split(',').map((part) => part.trim().split('='));
    const timestamp = parts.find(([name]) => name === 't')?.[1] ?? '';
    const late = checkTime('Stripe-Signature', timestamp, now);
    if (late) return late;
    const signatures = parts.flatMap(([name, value = '']) => (name === 'v1' ? hex(value) : []));
    return { prefix: `${timestamp}.`, signatures };
  },
  slack(headers, now) {
    const timestamp = headers['x-slack-request-timestamp'] ?? '';
    const late = checkTime('X-Slack-Request-Timestamp', timestamp, now);
    if (late) return late;
    const given = headers['x-slack-signature'] ?? '';
    return { prefix: `v0:${timestamp}:`, signatures: given.startsWith('v0=') ? hex(given.slice(3)) : [] };
  },
  hex(headers, _now, header) {
    return { prefix: '', signatures: hex((headers[header] ?? '').replace(/^sha256=/, '')) };
  },
};

/** Secrets of Standard Webhooks are base64 behind `whsec_`; without it, also those that were meant as they stand. */
function standardKeys(secret: string): Buffer[] {
  if (secret.startsWith('whsec_')) return [Buffer.from(secret.slice(6), 'base64')];
  return [Buffer.from(secret, 'base64'), Buffer.from(secret)];
}

function hex(text: string): Buffer[] {
  return /^[0-9a-f]{64}$/i.test(text) ? [Buffer.from(text, 'hex')] : [];
}

function checkTime(name: string, text: string, now: number): string | null {
  if (!/^\d{1,12}$/.test(text)) return `${name} holds no time in seconds.`;
  if (Math.abs(now / 1000 - Number(text)) <= WINDOW_SECONDS) return null;
  return `${name} is more than ${WINDOW_SECONDS / 60} minutes away from now.`;
}
