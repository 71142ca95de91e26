import {
  databaseVariables,
  defineConfig,
  integer,
  optionalText,
  serviceVariables,
  text,
  type ConfigOf,
} from '@rpa/platform';

export const triggersConfig = defineConfig({
  ...serviceVariables('triggers', 3005),
  ...databaseVariables(4),
  calloutSeed: optionalText('NATS_CALLOUT_SEED', {
    description:
      'Account seed by which answers to the NATS auth callout are signed; without it no publishers from outside',
    secret: true,
  }),
  natsPublicUrl: optionalText('NATS_PUBLIC_URL', {
    description: 'NATS address that event publishers are told; default: NATS_URL',
  }),
  publicUrl: text('PUBLIC_URL', {
    description: 'Base of the URLs of webhooks: where the gateway is reached from outside',
    default: 'http://localhost:3000',
    pattern: /^https?:\/\/[^/?#\s]+$/,
  }),
  maxOpenEvents: integer('MAX_OPEN_EVENTS', {
    description: 'Events that may wait to be handed over; past it no more are taken in (503, or left in the stream)',
    default: 50_000,
    min: 1,
    max: 10_000_000,
  }),
  firesRetentionDays: integer('FIRES_RETENTION_DAYS', {
    description: 'Days that the ledger of fires is kept',
    default: 30,
    min: 1,
    max: 3_650,
  }),
});
export type TriggersConfig = ConfigOf<typeof triggersConfig.variables>;
