import { AppError } from '@rpa/contracts';
import secureJson from 'secure-json-parse';

/** Containers within containers; a definition nests 32 deep and needs two for each. */
const MAX_DEPTH = 256;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Bytes to text; what is no UTF-8 is refused instead of repaired. */
export function readText(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new AppError('bad_request', 'The body is not valid UTF-8.');
  }
}

/**
 * Reads JSON. Refused (400): what does not parse, keys that could reach a prototype (`__proto__`,
 * `constructor.prototype`), and more than 256 levels.
 */
export function readJson(text: string): unknown {
  assertShallow(text);
  try {
    return secureJson.parse(text, undefined, { protoAction: 'error', constructorAction: 'error' });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const forbidden = why.includes('forbidden prototype property');
    throw new AppError('invalid_json', forbidden ? 'The body holds a forbidden key (__proto__, constructor).' : why);
  }
}

/** Counts brackets outside of strings, before anything recursive sees them. */
function assertShallow(text: string): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 92) at++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) {
      if (++depth > MAX_DEPTH) throw new AppError('bad_request', `The body nests deeper than ${MAX_DEPTH} levels.`);
    } else if (code === 125 || code === 93) depth--;
  }
}
