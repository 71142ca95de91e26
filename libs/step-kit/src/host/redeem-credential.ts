import {
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { AppError, GRANT_SEAL_INFO, redeemGrant, type CredentialValue, type RedeemGrantReply } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import { StepFailure } from '../step/step-failure.js';
import type { HostIdentity } from './host-options.js';

const TAG_BYTES = 16;
const TIMEOUT_MS = 5_000;

/** Fetches the credential that a grant allows; only this call's own key can open the answer. */
export async function redeemCredential(
  { bus, identity }: { bus: Bus; identity: HostIdentity },
  organizationId: string,
  grant: string,
  traceparent: string | null,
): Promise<CredentialValue> {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  try {
    const reply = await bus.request(
      redeemGrant,
      { grant, publicKey: rawKey(publicKey) },
      {
        principal: await identity.serviceToken({ id: organizationId }),
        timeoutMs: TIMEOUT_MS,
        ...(traceparent && { traceparent }),
      },
    );
    return open(reply.sealed, { publicKey, privateKey }, grant);
  } catch (error) {
    throw toFailure(error);
  }
}

function open(
  sealed: RedeemGrantReply['sealed'],
  own: { publicKey: KeyObject; privateKey: KeyObject },
  grant: string,
): CredentialValue {
  const ephemeral = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: sealed.ephemeralKey }, format: 'jwk' });
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey: ephemeral });
  const salt = Buffer.concat([bytes(sealed.ephemeralKey), bytes(rawKey(own.publicKey))]);
  const key = Buffer.from(hkdfSync('sha256', shared, salt, GRANT_SEAL_INFO, 32));
  const packed = bytes(sealed.ciphertext);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes(sealed.nonce), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(grant));
  decipher.setAuthTag(packed.subarray(-TAG_BYTES));
  const plain = Buffer.concat([decipher.update(packed.subarray(0, -TAG_BYTES)), decipher.final()]);
  try {
    return JSON.parse(plain.toString()) as CredentialValue;
  } finally {
    for (const buffer of [shared, key, plain]) buffer.fill(0);
  }
}

function toFailure(error: unknown): StepFailure {
  const code = AppError.is(error) ? error.code : 'internal';
  if (['unavailable', 'timeout', 'overloaded', 'internal'].includes(code))
    return new StepFailure('credential_unavailable', 'The credentials vault gave no usable answer.', {
      retryable: true,
      cause: error,
    });
  return new StepFailure('credential_refused', `The credential was refused: ${(error as Error).message}`, {
    cause: error,
  });
}

function rawKey(key: KeyObject): string {
  return key.export({ format: 'jwk' }).x ?? '';
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
