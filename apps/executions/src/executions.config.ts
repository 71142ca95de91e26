import { databaseVariables, defineConfig, integer, serviceVariables, type ConfigOf } from '@rpa/platform';

export const executionsConfig = defineConfig({
  ...serviceVariables('executions', 3004),
  ...databaseVariables(6),
  leaseMs: integer('EXECUTIONS_LEASE_MS', {
    description: 'How long a replica that has died keeps its runs, in milliseconds',
    default: 2_000,
    min: 500,
    max: 60_000,
  }),
  maxRuns: integer('EXECUTIONS_MAX_RUNS', {
    description: 'Runs that a replica has in memory at most; starts beyond that are answered with 503',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  retentionDays: integer('EXECUTIONS_RETENTION_DAYS', {
    description:
      'Days that the journal of ended runs is kept, dropped by whole weeks; 0: for ever, 90 is a good choice',
    default: 0,
    min: 0,
    max: 36_500,
  }),
  maxStarts: integer('EXECUTIONS_MAX_STARTS', {
    description: 'Starts that may wait for their commit at once; more are answered with 503',
    default: 1_000,
    min: 1,
    max: 100_000,
  }),
});

export type ExecutionsConfig = ConfigOf<typeof executionsConfig.variables>;
