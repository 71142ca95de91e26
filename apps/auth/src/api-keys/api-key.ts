import { randomBytes, randomInt } from 'node:crypto';
import type { ApiKeyView } from '@rpa/contracts';
import type { ApiKeyEntity } from '@rpa/entities/auth';
import { isPermission } from '../accounts/account.js';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX_LENGTH = 12;
const SECRET_BYTES = 32;

/** A key and the part of it that may be shown. */
export function newApiKey(): { key: string; prefix: string } {
  const name = Array.from({ length: PREFIX_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  const prefix = `rpa_${name}`;
  return { key: `${prefix}_${randomBytes(SECRET_BYTES).toString('base64url')}`, prefix };
}

export function toApiKeyView(row: ApiKeyEntity): ApiKeyView {
  const { id, name, prefix, userId } = row;
  return {
    id,
    name,
    prefix,
    scopes: row.scopes.filter(isPermission),
    userId,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    useCount: Number(row.useCount),
  };
}
