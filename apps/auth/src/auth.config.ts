import {
  databaseVariables,
  defineConfig,
  flag,
  integer,
  list,
  oneOf,
  optionalText,
  serviceVariables,
  text,
  type ConfigOf,
  type Variable,
} from '@rpa/platform';
import { checkEgressHoles } from '@rpa/step-kit';

export const authConfig = defineConfig({
  ...serviceVariables('auth', 3002),
  ...databaseVariables(3),
  registration: oneOf('REGISTRATION', ['open', 'invite', 'closed'], {
    description: 'Who may register an organization: everybody, those who were invited, or nobody',
    default: 'open',
  }),
  registrationToken: optionalText('REGISTRATION_TOKEN', {
    description: 'With REGISTRATION=invite: who has it may register an organization; without it nobody may',
    secret: true,
  }),
  publicUrl: text('PUBLIC_URL', {
    description:
      'Base of every link and redirect that is handed out: where browsers reach the gateway; never from a request',
    default: 'http://localhost:3000',
    pattern: /^https?:\/\/[^/?#\s]+$/,
  }),
  authKeys: keysVariable(),
  signingKeyDays: integer('SIGNING_KEY_DAYS', {
    description: 'Days after which access tokens are signed by a new key',
    default: 30,
    min: 1,
    max: 365,
  }),
  egressAllow: list('EGRESS_ALLOW', {
    description: 'Holes in the egress guard (OpenID Connect providers): host[:port] or CIDR, comma separated',
    check: checkEgressHoles,
  }),
  oidcOverHttp: flag('OIDC_OVER_HTTP', {
    description: 'Take OpenID Connect providers without TLS: for test systems only',
    default: false,
  }),
  auditKey: text('AUDIT_KEY', {
    description:
      'Key of the hash chains of the audit log: 32 random bytes in base64. With another key every record counts as changed',
    secret: true,
    pattern: /^[A-Za-z0-9+/]{43}=$/,
  }),
  loginAttemptsPerAccount: integer('LOGIN_ATTEMPTS_PER_ACCOUNT', {
    description: 'Failed logins that one account takes in 15 minutes before it answers 429',
    default: 10,
    min: 1,
    max: 10_000,
  }),
  loginAttemptsPerAddress: integer('LOGIN_ATTEMPTS_PER_ADDRESS', {
    description: 'Failed logins that one address takes in 15 minutes before it answers 429',
    default: 100,
    min: 1,
    max: 100_000,
  }),
});

const KEY = /^[A-Za-z0-9+/]{43}=$/;

function keysVariable(): Variable<readonly string[]> {
  return {
    env: 'AUTH_KEY',
    description:
      'Seals TOTP secrets, client secrets and signing keys: 32 random bytes in base64. Of several, comma separated, the first seals and all open',
    defaultText: '',
    secret: true,
    read(raw) {
      const keys = (raw ?? '').split(',').map((key) => key.trim());
      if (!keys.every((key) => KEY.test(key))) throw new Error('must be 32 bytes in base64 each');
      return keys;
    },
  };
}

export type AuthConfig = ConfigOf<typeof authConfig.variables>;
