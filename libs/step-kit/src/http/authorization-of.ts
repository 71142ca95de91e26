import type { CredentialValue } from '@rpa/contracts';

export interface HttpAuthorization {
  headers: Record<string, string>;
  query: Record<string, string>;
}

/** What a credential adds to an HTTP request; nothing for types that are not made for HTTP. */
export function authorizationOf(credential: CredentialValue | null): HttpAuthorization {
  const data = (credential?.data ?? {}) as Record<string, string>;
  switch (credential?.type) {
    case 'bearer':
      return { headers: { authorization: `Bearer ${data['token']}` }, query: {} };
    case 'oauth2':
      return { headers: { authorization: `Bearer ${data['accessToken']}` }, query: {} };
    case 'basic_auth': {
      const pair = Buffer.from(`${data['username']}:${data['password']}`).toString('base64');
      return { headers: { authorization: `Basic ${pair}` }, query: {} };
    }
    case 'api_key': {
      const sent = { [data['name'] ?? 'X-API-Key']: data['key'] ?? '' };
      return data['in'] === 'query' ? { headers: {}, query: sent } : { headers: sent, query: {} };
    }
    default:
      return { headers: {}, query: {} };
  }
}
