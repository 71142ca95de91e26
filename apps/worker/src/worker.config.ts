import { defineConfig, integer, list, serviceVariables, text, type ConfigOf } from '@rpa/platform';
import { checkEgressHoles } from '@rpa/step-kit';

export const workerConfig = defineConfig({
  ...serviceVariables('worker', 3008),
  egressAllow: list('EGRESS_ALLOW', {
    description: 'Holes in the egress guard, comma separated: host, host:port, address or CIDR range',
    check: checkEgressHoles,
  }),
  capacity: integer('WORKER_CAPACITY', {
    description: 'Steps that one worker runs at once',
    default: 256,
    min: 1,
    max: 5_000,
  }),
  pool: text('WORKER_POOL', {
    description: 'Pool whose steps it runs',
    default: 'default',
    pattern: /^[a-z][a-z0-9_-]{0,63}$/,
  }),
});
export type WorkerConfig = ConfigOf<typeof workerConfig.variables>;
