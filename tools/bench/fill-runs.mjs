import pg from 'pg';
import { sleep } from './measure.mjs';

const BATCH = 50_000;
const DAYS = 90;
const COUNTED_WITHIN_MS = 900_000;

/**
 * Ended (and some waiting) executions of the bench's organization as they differ in life: 200 workflows of which a few do
 * most of the work, failures, triggers, versions, labels, business keys, test runs; spread over 90 days. Returns when the
 * aggregates have counted them.
 */
export async function fillRuns(databaseUrl, count, say) {
  const client = new pg.Client({ connectionString: databaseUrl, statement_timeout: 0 });
  await client.connect();
  try {
    await client.query('SET statement_timeout = 0');
    const { rows } = await client.query('SELECT organization_id AS id FROM executions.executions LIMIT 1');
    const organization = rows[0]?.id;
    if (!organization) throw new Error('There is no execution to learn the organization from.');
    const known = await client.query(
      `SELECT count(*)::int AS n FROM executions.executions WHERE workflow_name LIKE 'Workflow %'`,
    );
    if (known.rows[0].n >= count) return;
    say(`writing ${count} executions of 200 workflows ...`);
    await client.query(
      `CREATE TEMP TABLE flows AS SELECT place, gen_random_uuid() AS id FROM generate_series(0, 199) place`,
    );
    for (let done = 0; done < count; done += BATCH)
      await client.query(INSERT_RUNS, [organization, done, Math.min(BATCH, count - done), count, DAYS]);
    await client.query(INSERT_LABELS, [organization]);
    await client.query('ANALYZE executions.executions; ANALYZE executions.labels; CHECKPOINT');
    await untilCounted(client, organization, say);
  } finally {
    await client.end();
  }
}

const INSERT_RUNS = `
  INSERT INTO executions.executions (id, organization_id, workflow_id, version_id, workflow_name, workflow_version, status,
    test, trigger_type, inputs, priority, settled, total, error, labels, business_key, created_at, started_at,
    completed_at, updated_at)
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '8'
           || substr(md5(n::text), 1, 15))::uuid,
         $1::uuid, f.id, f.id, 'Workflow ' || f.place, 1 + n * 20 / $4::int, status, n % 100 = 99,
         CASE WHEN n % 20 < 12 THEN 'schedule' WHEN n % 20 < 18 THEN 'webhook' WHEN n % 1000 = 999 THEN 'mail' ELSE 'manual' END,
         '{}', 5, 3, 3,
         CASE WHEN status IN ('failed', 'timed_out') THEN json_build_object('code', 'http_status', 'stepPath', 'fetch',
           'message', 'Order ' || n || CASE WHEN n % 5000 < 50 THEN ' was refused by the warehouse' ELSE ' timed out' END) END,
         CASE WHEN n % 5 = 0 THEN json_build_object('region', CASE WHEN n % 2000 = 0 THEN 'antarctica' ELSE 'eu' END) END,
         CASE WHEN n % 10 = 0 THEN 'order-' || n END,
         at, at + interval '5 milliseconds', CASE WHEN status <> 'waiting' THEN ended END, ended
    FROM (SELECT n, now() - make_interval(secs => $5::int * 86400.0 * (1 - n::float8 / $4::int)) - interval '2 hours' AS at,
                 CASE WHEN n % 100 < 6 THEN 'failed' WHEN n % 100 = 6 THEN 'timed_out' WHEN n % 100 IN (7, 8) THEN 'cancelled'
                      WHEN n % 400 = 9 THEN 'waiting' ELSE 'completed' END AS status,
                 floor(200 * power(random(), 3))::int AS flow
            FROM generate_series($2::int, $2::int + $3::int - 1) n) runs
    JOIN flows f ON f.place = runs.flow
   CROSS JOIN LATERAL (SELECT at + make_interval(secs => exp(random() * 8) / 1000) AS ended) e`;

const INSERT_LABELS = `
  INSERT INTO executions.labels (organization_id, name, value, execution_id)
  SELECT organization_id, 'region', labels ->> 'region', id FROM executions.executions
   WHERE organization_id = $1::uuid AND labels IS NOT NULL ON CONFLICT DO NOTHING`;

/** They are older than what was counted already: counting begins anew, as it does when the tables are first made. */
async function untilCounted(client, organization, say) {
  for (const table of ['progress', 'runs', 'times', 'steps', 'workflows'])
    await client.query(`DELETE FROM executions.stats_${table} WHERE organization_id = $1`, [organization]);
  const from = Date.now();
  const wanted = await client.query(
    `SELECT count(*)::int AS n FROM executions.executions WHERE organization_id = $1 AND completed_at IS NOT NULL AND NOT test`,
    [organization],
  );
  while (Date.now() - from < COUNTED_WITHIN_MS) {
    const { rows } = await client.query(
      `SELECT coalesce(sum(runs), 0)::int AS n FROM executions.stats_runs
        WHERE organization_id = $1 AND grain = 'day' AND workflow_id = '00000000-0000-0000-0000-000000000000'`,
      [organization],
    );
    if (rows[0].n >= wanted.rows[0].n) {
      await client.query('VACUUM ANALYZE executions.stats_runs; ').catch(() => undefined);
      say(`counted into the aggregates in ${((Date.now() - from) / 1000).toFixed(0)} s`);
      return;
    }
    await sleep(500);
  }
  throw new Error('The aggregates did not count the executions in time.');
}
