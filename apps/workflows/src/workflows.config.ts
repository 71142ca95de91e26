import { databaseVariables, defineConfig, list, serviceVariables, type ConfigOf } from '@rpa/platform';

export const workflowsConfig = defineConfig({
  ...serviceVariables('workflows', 3003),
  ...databaseVariables(3),
  expectedStepSources: list('EXPECTED_STEP_SOURCES', {
    description: 'Sources whose step types must be in the catalog before the service is ready, comma separated',
    default: 'worker,ai',
  }),
});
export type WorkflowsConfig = ConfigOf<typeof workflowsConfig.variables>;
