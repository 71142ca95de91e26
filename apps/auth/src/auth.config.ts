import { databaseVariables, defineConfig, integer, oneOf, serviceVariables, text, type ConfigOf } from '@rpa/platform';

export const authConfig = defineConfig({
  ...serviceVariables('auth', 3002),
  ...databaseVariables(3),
  registration: oneOf('REGISTRATION', ['open', 'invite', 'closed'], {
    description: 'Who may register an organization: everybody, those who were invited, or nobody',
    default: 'open',
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

export type AuthConfig = ConfigOf<typeof authConfig.variables>;
