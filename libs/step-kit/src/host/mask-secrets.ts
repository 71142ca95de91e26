import { secretFieldsOf, type CredentialValue, type JsonValue } from '@rpa/contracts';

/** A shorter one would hit by chance and destroy what it is not. */
const SHORTEST = 6;
const MASK = '[secret]';

/** Replaces the secrets of a credential in a text, so that a server that echoes them does not bring them into the journal. */
export type Mask = (text: string) => string;

export const maskNothing: Mask = (text) => text;

export function maskOf(credential: CredentialValue | null): Mask {
  if (!credential) return maskNothing;
  const forms = new Set(secretsOf(credential).flatMap(formsOf));
  const longestFirst = [...forms].sort((one, other) => other.length - one.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

/** Masks every text inside a value; a value without secrets comes back as it is. */
export function maskValue(value: JsonValue, mask: Mask): JsonValue {
  if (mask === maskNothing) return value;
  const json = JSON.stringify(value);
  const masked = mask(json);
  return masked === json ? value : (JSON.parse(masked) as JsonValue);
}

function secretsOf(credential: CredentialValue): string[] {
  const fields = secretFieldsOf(credential.type, credential.data);
  const secrets = fields.flatMap((field) => textsIn(credential.data[field] ?? null));
  const { username, password } = credential.data;
  if (typeof username === 'string' && typeof password === 'string')
    secrets.push(Buffer.from(`${username}:${password}`).toString('base64'));
  return secrets.filter((secret) => secret.length >= SHORTEST);
}

/** As it stands in plain text, in JSON and in a URL. */
function formsOf(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
}

function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((inner) => textsIn(inner));
}
