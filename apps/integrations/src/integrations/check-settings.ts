import { AppError, type Fault, type IntegrationSettings } from '@rpa/contracts';
import { durationMs } from './duration.js';
import { healthCheckUrlOf } from './health-check-url.js';

/** Settings with every field there. */
export type CompleteSettings = Required<IntegrationSettings>;

const DEFAULTS: Omit<CompleteSettings, 'name' | 'baseUrl'> = {
  description: '',
  authType: 'none',
  credentialKey: null,
  headers: {},
  timeout: '30s',
  healthCheckUrl: null,
  healthCheckMethod: 'GET',
  expectedStatus: null,
  healthCheckInterval: '60s',
  maxRetries: 3,
  retryDelay: '1s',
  rateLimitPerMinute: null,
  tags: [],
  alertAfterFailures: 3,
};
const NAMES = ['name', 'baseUrl', ...Object.keys(DEFAULTS)] as (keyof CompleteSettings)[];
const MAY_BE_NULL = new Set<keyof CompleteSettings>([
  'credentialKey',
  'healthCheckUrl',
  'expectedStatus',
  'rateLimitPerMinute',
]);
const RANGES = {
  timeout: ['100ms', '2m'],
  healthCheckInterval: ['10s', '1d'],
  retryDelay: ['1ms', '30s'],
} as const;
const SECRET_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'x-api-key'];
const MAX_HEADERS = 50;
/** Schemes by which systems are reached; only http and https can be checked. */
const SCHEMES = /^(https?|wss?|s?ftps?|smtps?|mqtts?|postgres(ql)?|mysql|mssql):$/;

type Refuse = (path: string, code: string, message: string) => void;

/** Lays the given settings over former ones or the defaults, and holds the result together; every fault at once. */
export function completeSettings(given: Partial<IntegrationSettings>, former?: CompleteSettings): CompleteSettings {
  const faults: Fault[] = [];
  const refuse: Refuse = (path, code, message) => faults.push({ path, code, message });
  const settings: Record<string, unknown> = { ...DEFAULTS, ...former };
  for (const name of NAMES) {
    const value = given[name];
    if (value === undefined) continue;
    if (value === null && !MAY_BE_NULL.has(name)) refuse(name, 'null', 'must not be null');
    else settings[name] = value;
  }
  const complete = settings as unknown as CompleteSettings;
  if (faults.length === 0) checkTogether(complete, refuse);
  if (faults.length > 0)
    throw new AppError('validation_failed', `${faults.length} setting(s) of the integration are not valid.`, {
      errors: faults,
    });
  return complete;
}

function checkTogether(settings: CompleteSettings, refuse: Refuse): void {
  checkUrl('baseUrl', settings.baseUrl, refuse);
  if (settings.healthCheckUrl !== null && URL.canParse(settings.baseUrl))
    checkUrl('healthCheckUrl', healthCheckUrlOf(settings), refuse);
  if (settings.authType !== 'none' && settings.credentialKey === null)
    refuse('credentialKey', 'required', `is required with authType ${settings.authType}`);
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = durationMs(settings[name as keyof typeof RANGES]);
    if (!(value >= durationMs(least) && value <= durationMs(most)))
      refuse(name, 'range', `must be from ${least} to ${most}`);
  }
  checkHeaders(settings.headers, refuse);
}

function checkUrl(path: string, text: string, refuse: Refuse): void {
  if (!URL.canParse(text)) return refuse(path, 'url', 'must be an absolute URL');
  const url = new URL(text);
  if (!SCHEMES.test(url.protocol)) refuse(path, 'scheme', `the scheme '${url.protocol.slice(0, 20)}' is not known`);
  if (url.username !== '' || url.password !== '')
    refuse(path, 'secret', 'must not hold a user or password: put them into a credential');
}

function checkHeaders(headers: Record<string, unknown>, refuse: Refuse): void {
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) refuse('headers', 'too_many', `must be at most ${MAX_HEADERS}`);
  for (const [name, value] of entries.slice(0, MAX_HEADERS)) {
    const path = `headers.${name.slice(0, 100)}`;
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name)) refuse(path, 'name', 'is not a name that a header can have');
    else if (typeof value !== 'string' || value.length > 2_000 || /[\r\n\0]/.test(value))
      refuse(path, 'value', 'must be a text of one line, at most 2000 characters');
    if (SECRET_HEADERS.includes(name.toLowerCase()))
      refuse(path, 'secret', 'holds a secret: put it into a credential and name that');
  }
}
