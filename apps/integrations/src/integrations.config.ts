import { databaseVariables, defineConfig, list, serviceVariables, type ConfigOf } from '@rpa/platform';
import { checkEgressHoles } from '@rpa/step-kit';

export const integrationsConfig = defineConfig({
  ...serviceVariables('integrations', 3007),
  ...databaseVariables(3),
  egressAllow: list('EGRESS_ALLOW', {
    description: 'Holes in the egress guard, comma separated: host, host:port, address or CIDR range',
    check: checkEgressHoles,
  }),
});
export type IntegrationsConfig = ConfigOf<typeof integrationsConfig.variables>;
