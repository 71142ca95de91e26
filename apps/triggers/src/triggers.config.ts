import { databaseVariables, defineConfig, integer, optionalText, serviceVariables, type ConfigOf } from '@rpa/platform';

export const triggersConfig = defineConfig({
  ...serviceVariables('triggers', 3005),
  ...databaseVariables(3),
  calloutSeed: optionalText('NATS_CALLOUT_SEED', {
    description:
      'Account seed by which answers to the NATS auth callout are signed; without it no publishers from outside',
    secret: true,
  }),
  natsPublicUrl: optionalText('NATS_PUBLIC_URL', {
    description: 'NATS address that event publishers are told; default: NATS_URL',
  }),
  firesRetentionDays: integer('FIRES_RETENTION_DAYS', {
    description: 'Days that the ledger of fires is kept',
    default: 30,
    min: 1,
    max: 3_650,
  }),
});
export type TriggersConfig = ConfigOf<typeof triggersConfig.variables>;
