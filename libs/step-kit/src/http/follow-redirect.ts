import { readUrl } from './read-url.js';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const ALWAYS_CREDENTIALS = ['authorization', 'proxy-authorization', 'cookie'];
const OF_A_BODY = ['content-type', 'content-encoding', 'content-language', 'content-location', 'content-length'];

/** Bytes, or what makes them anew for every hop. */
export type HopBody = string | Uint8Array | (() => AsyncIterable<Uint8Array>);

interface Hop {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: HopBody | null;
}

/** The request that a redirect asks for, or null when the answer is none. The guard looks at its address anew. */
export function redirectOf(
  answer: { statusCode: number; headers: Record<string, string | string[] | undefined> },
  hop: Hop,
  credentialHeaders: readonly string[],
): Hop | null {
  const location = answer.headers['location'];
  if (!REDIRECTS.has(answer.statusCode) || typeof location !== 'string') return null;
  const url = readUrl(location, hop.url);
  const asGet = answer.statusCode <= 303 && hop.method !== 'GET' && hop.method !== 'HEAD';
  const dropped = [
    ...(url.origin === hop.url.origin ? [] : [...ALWAYS_CREDENTIALS, ...credentialHeaders]),
    ...(asGet ? OF_A_BODY : []),
  ].map((name) => name.toLowerCase());
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(([name]) => !dropped.includes(name.toLowerCase())),
  );
  return asGet ? { method: 'GET', url, headers, body: null } : { ...hop, url, headers };
}
