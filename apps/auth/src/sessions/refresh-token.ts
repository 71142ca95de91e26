import { createHash, createHmac, randomBytes } from 'node:crypto';

const BYTES = 32;

/** 32 random bytes in base64url: too many to guess, so a plain hash keeps them. */
export function newSecretToken(): string {
  return randomBytes(BYTES).toString('base64url');
}

export function newSuccessorSalt(): Buffer {
  return randomBytes(BYTES);
}

/** The next token of a session: reckoned from token and salt, so that a repeat gets it again although nobody kept it. */
export function successorOf(token: string, salt: Buffer): string {
  return createHmac('sha256', salt).update(token).digest('base64url');
}

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
