import type { JsonObject } from '../values/json.js';

interface CredentialField {
  type: 'string' | 'integer' | 'boolean' | 'texts';
  required?: true;
  /** Never shown, and masked wherever a server echoes it. */
  secret?: true;
  /** Allowed values. */
  values?: readonly string[];
  /** `url`: an absolute address; `multiline`: a text of several lines, such as a key. */
  format?: 'url' | 'multiline';
  meaning: string;
}

const TEST_URL = {
  type: 'string',
  format: 'url',
  meaning: 'Address that answers below 400 when the credential is good; asked by POST /credentials/{id}/test',
} as const;

/** How editors call the types. */
export const CREDENTIAL_TYPE_TITLES = {
  api_key: 'API key',
  bearer: 'Bearer token',
  basic_auth: 'User name and password',
  oauth2: 'OAuth 2.0',
  database: 'Database',
  private_key: 'Private key',
  custom: 'Custom fields',
} as const satisfies Record<string, string>;

/** What `data` of a credential holds, by type. `custom` holds any fields; all of them count as secret. */
export const CREDENTIAL_TYPES = {
  api_key: {
    key: { type: 'string', required: true, secret: true, meaning: 'The key' },
    name: { type: 'string', meaning: 'Header or query parameter that carries it; default X-API-Key' },
    in: { type: 'string', values: ['header', 'query'], meaning: 'Where it is sent; default header' },
    testUrl: TEST_URL,
  },
  bearer: {
    token: { type: 'string', required: true, secret: true, meaning: 'Sent as Authorization: Bearer' },
    testUrl: TEST_URL,
  },
  basic_auth: {
    username: { type: 'string', required: true, meaning: 'User name' },
    password: { type: 'string', required: true, secret: true, meaning: 'Password' },
    testUrl: TEST_URL,
  },
  oauth2: {
    grantType: {
      type: 'string',
      values: ['client_credentials', 'authorization_code'],
      meaning: 'client_credentials (default): as the client itself; authorization_code: for a person who connects it',
    },
    clientId: { type: 'string', required: true, meaning: 'Id of the client' },
    clientSecret: { type: 'string', secret: true, meaning: 'Secret of the client; public clients have none' },
    tokenUrl: { type: 'string', required: true, format: 'url', meaning: 'Where tokens are fetched' },
    authorizationUrl: { type: 'string', format: 'url', meaning: 'Where a person gives consent' },
    clientAuthentication: {
      type: 'string',
      values: ['basic', 'post'],
      meaning: 'How the client proves itself: in the Authorization header (default) or in the body',
    },
    scopes: { type: 'texts', meaning: 'Scopes to ask for' },
    audience: { type: 'string', meaning: 'API that the token is for, where the server asks for it' },
    accessToken: { type: 'string', secret: true, meaning: 'Current access token' },
    refreshToken: { type: 'string', secret: true, meaning: 'Token to get a new access token with' },
    expiresAt: { type: 'string', meaning: 'When the access token ends, RFC 3339' },
  },
  database: {
    host: { type: 'string', required: true, meaning: 'Host name or address' },
    port: { type: 'integer', meaning: 'Port; default that of the database' },
    database: { type: 'string', required: true, meaning: 'Name of the database' },
    username: { type: 'string', required: true, meaning: 'User name' },
    password: { type: 'string', required: true, secret: true, meaning: 'Password' },
    tls: { type: 'boolean', meaning: 'Whether the connection is encrypted; default true' },
  },
  private_key: {
    privateKey: {
      type: 'string',
      required: true,
      secret: true,
      format: 'multiline',
      meaning: 'The key in PEM or OpenSSH form',
    },
    passphrase: { type: 'string', secret: true, meaning: 'What the key is locked with' },
    username: { type: 'string', meaning: 'User that it belongs to' },
  },
  custom: {},
} as const satisfies Record<string, Record<string, CredentialField>>;
export type CredentialType = keyof typeof CREDENTIAL_TYPES;

export const CREDENTIAL_TYPE_NAMES = Object.keys(CREDENTIAL_TYPES) as CredentialType[];

/** Fields of a credential type; null for a type that is not known. */
export function credentialFieldsOf(type: string): Readonly<Record<string, CredentialField>> | null {
  return Object.hasOwn(CREDENTIAL_TYPES, type) ? CREDENTIAL_TYPES[type as CredentialType] : null;
}

/** Which fields of this data are secret: those that the type names, or all where it names none. */
export function secretFieldsOf(type: string, data: JsonObject): string[] {
  const fields = credentialFieldsOf(type);
  if (!fields || Object.keys(fields).length === 0) return Object.keys(data);
  return Object.keys(data).filter((field) => !Object.hasOwn(fields, field) || fields[field]?.secret === true);
}
