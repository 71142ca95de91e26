import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The few starts that are not simply to wait: looked for at every gate, among all that wait there. */
export class StartQueuePolicies1795378500000 implements MigrationInterface {
  name = 'StartQueuePolicies1795378500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX start_queue_policies ON executions.start_queue (stage, organization_id, gate)
      WHERE lane_policy <> 'queue' OR rate_policy <> 'queue'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX executions.start_queue_policies');
  }
}
