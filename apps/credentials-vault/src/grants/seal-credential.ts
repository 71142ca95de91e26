import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { AppError, GRANT_SEAL_INFO, type RedeemGrantReply } from '@rpa/contracts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;

/** Seals a credential to the one who holds the private half of `workerKey`, as {@link RedeemGrantReply} describes. */
export function sealCredential(plain: Buffer, workerKey: string, grant: string): RedeemGrantReply['sealed'] {
  const worker = Buffer.from(workerKey, 'base64url');
  if (worker.length !== KEY_BYTES) throw unusable();
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const ephemeralKey = publicKey.export({ format: 'jwk' }).x ?? '';
  const shared = agree(worker, privateKey);
  const salt = Buffer.concat([Buffer.from(ephemeralKey, 'base64url'), worker]);
  const key = Buffer.from(hkdfSync('sha256', shared, salt, GRANT_SEAL_INFO, KEY_BYTES));
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(grant));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  for (const secret of [shared, key]) secret.fill(0);
  return { ephemeralKey, nonce: nonce.toString('base64url'), ciphertext: ciphertext.toString('base64url') };
}

function agree(worker: Buffer, privateKey: Parameters<typeof diffieHellman>[0]['privateKey']): Buffer {
  try {
    const x = worker.toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
    return diffieHellman({ privateKey, publicKey });
  } catch {
    // A point of low order: the agreement would be known to everybody.
    throw unusable();
  }
}

function unusable(): AppError {
  return new AppError('validation_failed', 'publicKey is not a raw X25519 key in base64url.', {
    errors: [{ path: 'publicKey', code: 'key', message: 'must be a raw X25519 public key in base64url' }],
  });
}
