import { createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto';

const INFO = 'rpa redeem-grant v1';
const TAG_BYTES = 16;
const bytes = (text) => Buffer.from(text, 'base64url');

/** A key pair for one answer of the vault; `publicKey` is raw, base64url. */
export function newKeyPair() {
  const pair = generateKeyPairSync('x25519');
  return { privateKey: pair.privateKey, publicKey: pair.publicKey.export({ format: 'jwk' }).x };
}

/** Opens `sealed` of the vault's answer: `{ type, data }`. */
export function openCredential(sealed, { privateKey, publicKey }, grant) {
  const vault = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: sealed.ephemeralKey }, format: 'jwk' });
  const shared = diffieHellman({ privateKey, publicKey: vault });
  const salt = Buffer.concat([bytes(sealed.ephemeralKey), bytes(publicKey)]);
  const key = Buffer.from(hkdfSync('sha256', shared, salt, INFO, 32));
  const packed = bytes(sealed.ciphertext);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes(sealed.nonce), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(grant));
  decipher.setAuthTag(packed.subarray(-TAG_BYTES));
  return JSON.parse(Buffer.concat([decipher.update(packed.subarray(0, -TAG_BYTES)), decipher.final()]).toString());
}
