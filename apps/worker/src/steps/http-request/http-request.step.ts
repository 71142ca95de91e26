import { defineStep } from '@rpa/step-kit';
import Type, { type Static } from 'typebox';
import { buildRequest } from './build-request.js';
import { readResponse, saveBody, statusFailure } from './read-response.js';

const MAX_BYTES = 256 * 1024 * 1024;
const MOST_BYTES = 64 * 1024 * 1024 * 1024;

const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

const Config = Type.Object(
  {
    method: Type.Enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'], {
      description: 'What to do; GET, HEAD, OPTIONS, PUT and DELETE may be repeated by nature',
    }),
    url: Type.String({ minLength: 1, maxLength: 8_000, description: 'Absolute address, http or https' }),
    headers: Type.Optional(Type.Record(Type.String(), Scalar, { description: 'Headers to send' })),
    query: Type.Optional(
      Type.Record(Type.String(), Type.Union([Scalar, Type.Null(), Type.Array(Scalar)]), {
        description: 'Parameters added to the URL; a list repeats its name, null is left out',
      }),
    ),
    body: Type.Optional(Type.Unknown({ description: 'Text is sent as it is, anything else as JSON' })),
    form: Type.Optional(
      Type.Record(Type.String(), Type.Union([Scalar, Type.Array(Scalar)]), {
        description: 'Sent as application/x-www-form-urlencoded, instead of a body',
      }),
    ),
    responseType: Type.Optional(
      Type.Enum(['auto', 'json', 'text', 'file'], {
        description: 'auto (default): JSON when the server says so, else text; file: a file whatever its size',
      }),
    ),
    maxBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MOST_BYTES,
        description: 'Largest body that is taken, unpacked, in bytes; default 256 MiB',
      }),
    ),
    failOnStatus: Type.Optional(Type.Boolean({ description: 'Fail on a status from 400; default true' })),
    followRedirects: Type.Optional(Type.Boolean({ description: 'Follow up to 5 redirects; default true' })),
    timeout: Type.Optional(
      Type.String({ pattern: '^[0-9]+(\\.[0-9]+)?(ms|s|m)$', description: 'For this request alone, such as 5s' }),
    ),
  },
  { additionalProperties: false },
);
export type HttpRequestConfig = Static<typeof Config>;

const Output = Type.Object({
  status: Type.Integer({ description: 'HTTP status' }),
  headers: Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())])),
  body: Type.Unknown({ description: 'JSON or text, a large one as a file; null when there is none' }),
});
export type HttpRequestOutput = Static<typeof Output>;

export const httpRequest = defineStep({
  id: 'http_request',
  version: 1,
  title: 'HTTP request',
  summary: 'Calls an HTTP API and gives status, headers and body.',
  category: 'network',
  config: Config,
  output: Output,
  ui: {
    method: { label: 'Method', control: 'select' },
    url: { label: 'URL', placeholder: 'https://api.example.com/orders/{{ inputs.orderId }}' },
    headers: { label: 'Headers', control: 'key-value' },
    query: { label: 'Query parameters', control: 'key-value' },
    body: { label: 'Body', control: 'json' },
    form: { label: 'Form fields', control: 'key-value' },
    responseType: { label: 'Response', control: 'select' },
    maxBytes: { label: 'Largest body in bytes', placeholder: '1048576' },
    failOnStatus: { label: 'Fail on status 400 and above', control: 'switch' },
    followRedirects: { label: 'Follow redirects', control: 'switch' },
    timeout: { label: 'Time limit', placeholder: '30s' },
  },
  sideEffect: {
    default: 'idempotent',
    field: 'method',
    values: {
      GET: 'idempotent',
      HEAD: 'idempotent',
      OPTIONS: 'idempotent',
      PUT: 'idempotent',
      DELETE: 'idempotent',
      POST: 'keyed',
      PATCH: 'keyed',
    },
  },
  timeout: '30s',
  errors: [
    {
      code: 'http_status',
      retryable: true,
      meaning: 'The server answered 400 or above; retried for 408, 425, 429, 5xx',
    },
    { code: 'http_connection', retryable: true, meaning: 'The connection failed' },
    { code: 'http_timeout', retryable: true, meaning: 'The server did not answer in time' },
    { code: 'http_tls', retryable: false, meaning: 'The certificate of the server was not accepted' },
    { code: 'http_body_unreadable', retryable: false, meaning: 'The body is not what its headers or responseType say' },
    { code: 'too_many_redirects', retryable: false, meaning: 'More than 5 redirects' },
    { code: 'response_too_large', retryable: false, meaning: 'The body is larger than maxBytes' },
    { code: 'output_too_large', retryable: false, meaning: 'The body is larger than a file may be' },
    { code: 'output_not_stored', retryable: true, meaning: 'Storage could not be reached' },
    { code: 'file_not_found', retryable: false, meaning: 'The config refers to a file of somebody else' },
    { code: 'file_damaged', retryable: false, meaning: 'A file that the config refers to is damaged' },
    { code: 'file_unavailable', retryable: true, meaning: 'A file that the config refers to could not be read' },
    { code: 'value_too_large', retryable: false, meaning: 'Files inside of the config are too large' },
    { code: 'egress_denied', retryable: false, meaning: 'The address is not public and not in EGRESS_ALLOW' },
    { code: 'credential_refused', retryable: false, meaning: 'The credential does not exist or does not fit' },
    { code: 'config_invalid', retryable: false, meaning: 'The config does not fit after evaluation' },
  ],
  examples: [
    {
      title: 'Read an order',
      config: { method: 'GET', url: 'https://api.example.com/orders/7' },
      output: { status: 200, headers: { 'content-type': 'application/json' }, body: { id: 7, items: [] } },
    },
    {
      title: 'Create an order',
      config: { method: 'POST', url: 'https://api.example.com/orders', body: { sku: 'A-1', count: 2 } },
    },
    {
      title: 'Search, and look at the status oneself',
      config: {
        method: 'GET',
        url: 'https://api.example.com/search',
        query: { q: 'blue shoes', tag: ['new', 'sale'] },
        failOnStatus: false,
        timeout: '5s',
      },
    },
    {
      title: 'Send a form',
      config: { method: 'POST', url: 'https://api.example.com/login', form: { user: 'anna', remember: true } },
    },
  ],
  credentialTypes: ['api_key', 'bearer', 'basic_auth', 'oauth2'],
  pool: 'default',
  closed: ['body'],
  async run({ config, credential, signal, idempotencyKey, traceparent, http, files }) {
    const request = buildRequest(config, { credential, idempotencyKey, traceparent, files });
    const responseType = config.responseType ?? 'auto';
    const response = await http({
      ...request,
      signal,
      maxBodyBytes: config.maxBytes ?? MAX_BYTES,
      ...(config.method !== 'HEAD' && { save: saveBody(files, responseType) }),
    });
    if (config.failOnStatus !== false && response.status >= 400) throw statusFailure(response);
    if (config.method === 'HEAD') return { status: response.status, headers: response.headers, body: null };
    return readResponse(response, responseType);
  },
});
