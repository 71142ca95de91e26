import { databaseVariables, defineConfig, integer, list, serviceVariables, type ConfigOf } from '@rpa/platform';
import { checkQuotas } from './admission/quotas.js';

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
  retentionEveryMs: integer('EXECUTIONS_RETENTION_EVERY_MS', {
    description: 'How often runs are deleted whose time is over by the policies of their organization, in milliseconds',
    default: 600_000,
    min: 200,
    max: 86_400_000,
  }),
  maxStarts: integer('EXECUTIONS_MAX_STARTS', {
    description: 'Starts that may wait for their commit at once; more are answered with 503',
    default: 1_000,
    min: 1,
    max: 100_000,
  }),
  maxQueued: integer('EXECUTIONS_MAX_QUEUED', {
    description: 'Accepted starts of all organizations that may wait for their turn; more are answered with 503',
    default: 200_000,
    min: 0,
    max: 10_000_000,
  }),
  maxValueBytes: integer('EXECUTIONS_MAX_VALUE_BYTES', {
    description: 'Most bytes of files that an expression reads at once, and of a value that it makes',
    default: 16 * 1024 * 1024,
    min: 64 * 1024,
    max: 256 * 1024 * 1024,
  }),
  valueCacheBytes: integer('EXECUTIONS_VALUE_CACHE_BYTES', {
    description: 'Bytes of files whose contents are kept in memory for the next expression that reads them',
    default: 16 * 1024 * 1024,
    min: 1,
    max: 4 * 1024 * 1024 * 1024,
  }),
  quotaRunning: integer('EXECUTIONS_QUOTA_RUNNING', {
    description: 'Executions of one organization that may run at once, the others wait; 0: no bound',
    default: 0,
    min: 0,
    max: 1_000_000,
  }),
  quotaQueued: integer('EXECUTIONS_QUOTA_QUEUED', {
    description: 'Accepted starts of one organization that may wait, more are answered with 429; 0: no bound',
    default: 100_000,
    min: 0,
    max: 10_000_000,
  }),
  quotaStarts: integer('EXECUTIONS_QUOTA_STARTS_PER_MINUTE', {
    description: 'Starts of one organization in a minute, more are answered with 429; 0: no bound',
    default: 0,
    min: 0,
    max: 10_000_000,
  }),
  quotas: list('EXECUTIONS_QUOTAS', {
    description:
      'Quotas of single organizations, e.g. `<organization id> running=10 queued=1000 startsPerMinute=600`, separated by commas',
    check: checkQuotas,
  }),
});

export type ExecutionsConfig = ConfigOf<typeof executionsConfig.variables>;
