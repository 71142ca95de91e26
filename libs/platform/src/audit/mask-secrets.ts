import { MASKED, type JsonObject, type JsonValue } from '@rpa/contracts';

/** Names that hold secrets in any message, also nested. */
const SECRET =
  /pass(word|phrase|wd)|secret|token|api_?key|private_?key|authorization|cookie|recovery_?codes?|otp|signature|^data$|^key_?material/i;
/** Names that only tell about a secret. */
const ABOUT = /(url|uri|set|at|id|type|prefix|hash_?algorithm|expires|expiry|count|version|policy)$/i;
const MAX_DEPTH = 8;
const MAX_ITEMS = 200;
const MAX_TEXT = 4_000;

/**
 * Copies what goes into the audit log: values of secret fields become `***`, by the rules above and by the names that the
 * command's message class marks with `@SecretField`; long texts and lists are cut.
 */
export function maskSecrets(value: object, secrets: ReadonlySet<string> = new Set()): JsonObject {
  const plain = JSON.parse(JSON.stringify(value)) as JsonObject;
  return maskObject(plain, secrets, 0);
}

function maskObject(value: JsonObject, secrets: ReadonlySet<string>, depth: number): JsonObject {
  const masked: JsonObject = {};
  for (const [name, field] of Object.entries(value).slice(0, MAX_ITEMS))
    masked[name] = isSecret(name, secrets) && holdsText(field) ? MASKED : mask(field, secrets, depth + 1);
  return masked;
}

function mask(value: JsonValue, secrets: ReadonlySet<string>, depth: number): JsonValue {
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => mask(item, secrets, depth + 1));
  return maskObject(value, secrets, depth);
}

function isSecret(name: string, secrets: ReadonlySet<string>): boolean {
  return secrets.has(name) || (SECRET.test(name) && !ABOUT.test(name));
}

/** Flags, numbers and null betray nothing; texts and what may hold texts do. */
function holdsText(value: JsonValue): boolean {
  return typeof value === 'string' ? value !== '' : typeof value === 'object' && value !== null;
}
