import pg from 'pg';

const BATCH = 50_000;

/** Finished executions, each with the first row of its journal, as many days old as there are batches. */
export async function fillTables(databaseUrl, count) {
  const client = new pg.Client({ connectionString: databaseUrl, statement_timeout: 0 });
  await client.connect();
  try {
    await client.query('SET statement_timeout = 0');
    const { rows } = await client.query('SELECT * FROM executions.executions LIMIT 1');
    if (!rows[0]) throw new Error('There is no execution to copy.');
    const columns = Object.keys(rows[0]).filter((name) => !['id', 'status', 'owner', 'created_at'].includes(name));
    await client.query(`CREATE TEMP TABLE model AS SELECT * FROM executions.executions WHERE id = $1`, [rows[0].id]);
    await client.query(
      `CREATE TEMP TABLE story AS SELECT * FROM executions.journal WHERE execution_id = $1 AND seq = 1`,
      [rows[0].id],
    );
    for (let done = 0; done < count; done += BATCH) {
      const size = Math.min(BATCH, count - done);
      const at = `now() - interval '1 day' * ${1 + done / BATCH}`;
      // Ids are UUIDv7: the time in front, then what tells them apart.
      await client.query(`CREATE TEMP TABLE ids ON COMMIT PRESERVE ROWS AS SELECT (
          lpad(to_hex((extract(epoch FROM ${at}) * 1000)::bigint + n / 10), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
          || '8' || substr(md5(random()::text), 1, 15))::uuid AS id FROM generate_series(1, ${size}) n`);
      await client.query(`INSERT INTO executions.executions (id, status, created_at, ${columns.join(', ')})
        SELECT ids.id, 'completed', ${at}, ${columns.join(', ')} FROM ids, model`);
      await client.query(`INSERT INTO executions.journal (execution_id, seq, last_seq, lease_id, body)
        SELECT ids.id, s.seq, s.last_seq, s.lease_id, s.body FROM ids, story s`);
      await client.query('DROP TABLE ids');
    }
    await client.query('ANALYZE executions.executions');
    await client.query('ANALYZE executions.journal');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}
