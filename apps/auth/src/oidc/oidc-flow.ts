import { AppError } from '@rpa/contracts';
import type { Sealing } from '../sealing/sealing.js';

const PURPOSE = 'oidc flow';
const LIFETIME_MS = 10 * 60_000;

/** What a browser carries, sealed, from the beginning of a login to its end: nobody else's answer fits to it. */
export interface OidcFlow {
  organizationId: string;
  providerId: string;
  state: string;
  nonce: string;
  codeVerifier: string;
  /** Path of the web app. */
  returnTo: string;
}

export function sealFlow(sealing: Sealing, flow: OidcFlow): string {
  return sealing.seal(PURPOSE, JSON.stringify({ ...flow, until: Date.now() + LIFETIME_MS })).toString('base64url');
}

/** @throws `invalid_token` when it is none of ours, or older than ten minutes */
export function openFlow(sealing: Sealing, sealed: string): OidcFlow {
  let flow: OidcFlow & { until: number };
  try {
    flow = JSON.parse(sealing.open(PURPOSE, Buffer.from(sealed, 'base64url')).toString()) as typeof flow;
  } catch (error) {
    throw new AppError('invalid_token', 'This login was not begun here; begin it again.', { cause: error });
  }
  if (!(flow.until > Date.now())) throw new AppError('invalid_token', 'This login took too long; begin it again.');
  return flow;
}
