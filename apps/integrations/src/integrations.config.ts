import { databaseVariables, defineConfig, list, serviceVariables, type ConfigOf } from '@rpa/platform';

export const integrationsConfig = defineConfig({
  ...serviceVariables('integrations', 3007),
  ...databaseVariables(3),
  egressAllow: list('EGRESS_ALLOW', {
    description: 'Holes in the egress guard, comma separated: host, host:port, address or CIDR range',
  }),
});
export type IntegrationsConfig = ConfigOf<typeof integrationsConfig.variables>;
