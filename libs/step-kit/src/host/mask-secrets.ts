import { secretFieldsOf, type CredentialValue, type JsonValue } from '@rpa/contracts';

/** A shorter one would hit by chance and destroy what it is not. */
const SHORTEST = 6;
const MASK = '[secret]';

/** Replaces the secrets of a credential in a text, so that a server that echoes them does not bring them into the journal. */
export interface Mask {
  (text: string): string;
  /** Every form in which a secret may stand there, the longest first. */
  readonly forms: readonly string[];
}

export const maskNothing: Mask = Object.assign((text: string) => text, { forms: [] });

export function maskOf(credential: CredentialValue | null): Mask {
  if (!credential) return maskNothing;
  const forms = new Set(secretsOf(credential).flatMap(formsOf));
  const longestFirst = [...forms].sort((one, other) => other.length - one.length);
  const replace = (text: string): string =>
    longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
  return Object.assign(replace, { forms: longestFirst });
}

/** Masks bytes on their way, also where a secret is cut in two by the pieces in which they come. */
export async function* maskBytes(
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  mask: Mask,
): AsyncGenerator<Uint8Array> {
  const forms = mask.forms.map((form) => Buffer.from(form).toString('latin1'));
  const kept = Math.max(0, ...forms.map((form) => form.length)) - 1;
  if (kept < 0) return yield* content;
  let pending = '';
  for await (const chunk of content) {
    pending += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    for (const form of forms) pending = pending.replaceAll(form, MASK);
    // What could be the beginning of a secret waits for what follows.
    const ready = pending.length - kept;
    if (ready <= 0) continue;
    yield Buffer.from(pending.slice(0, ready), 'latin1');
    pending = pending.slice(ready);
  }
  if (pending !== '') yield Buffer.from(pending, 'latin1');
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
