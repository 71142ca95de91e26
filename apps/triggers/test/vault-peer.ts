import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { GRANT_SEAL_INFO, type CredentialValue, type RedeemGrantReply } from '@rpa/contracts';

/** Seals as the contract of the grant says, independently of the vault's own code. */
export function seal(credential: CredentialValue, publicKey: string, grant: string): RedeemGrantReply['sealed'] {
  const own = generateKeyPairSync('x25519');
  const ephemeralKey = own.publicKey.export({ format: 'jwk' }).x ?? '';
  const receiver = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: publicKey }, format: 'jwk' });
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey: receiver });
  const salt = Buffer.concat([ephemeralKey, publicKey].map((key) => Buffer.from(key, 'base64url')));
  const key = Buffer.from(hkdfSync('sha256', shared, salt, GRANT_SEAL_INFO, 32));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(grant));
  const sealed = [cipher.update(JSON.stringify(credential)), cipher.final(), cipher.getAuthTag()];
  const text = (bytes: Buffer): string => bytes.toString('base64url');
  return { ephemeralKey, nonce: text(nonce), ciphertext: text(Buffer.concat(sealed)) };
}
