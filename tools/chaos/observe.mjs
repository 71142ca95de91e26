/** Watches while it happens what cannot be told afterwards: who wrote, and whether an effect came before its record. */

const MAX_LOOKS = 40;
const SETTLED = new Set(['step_completed', 'step_failed', 'step_retrying', 'step_skipped', 'step_cancelled']);
export const TERMINAL = new Set([
  'execution_completed',
  'execution_failed',
  'execution_cancelled',
  'execution_timed_out',
]);

/**
 * Runs in the transaction of each commit: the writer must hold a lease that lived when the statement began, and own the
 * run if anybody does.
 */
const AUDIT = `
  CREATE SCHEMA chaos;
  CREATE TABLE chaos.stale (execution_id uuid, seq int, lease_id bigint, reason text, at timestamptz);
  CREATE FUNCTION chaos.audit() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO chaos.stale
    SELECT n.execution_id, n.seq, n.lease_id, CASE WHEN l.id IS NULL THEN 'no lease'
           WHEN l.expires_at < statement_timestamp() THEN 'expired lease' ELSE 'not the owner' END,
           clock_timestamp()
      FROM written n
      LEFT JOIN executions.leases l ON l.id = n.lease_id
      LEFT JOIN executions.executions e ON e.id = n.execution_id
     WHERE l.id IS NULL OR l.expires_at < statement_timestamp() OR (e.owner IS NOT NULL AND e.owner <> n.lease_id);
    RETURN NULL;
  END $$;
  CREATE TRIGGER chaos_audit AFTER INSERT ON executions.journal
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION chaos.audit();`;

export class Observer {
  /** Requests that came in before the delivery of their step was in the journal. */
  unrecorded = [];
  /** Results that workers were told to forget before they were in the journal. */
  forgotten = [];
  looks = { effects: 0, acknowledgements: 0 };
  looking = 0;

  constructor({ database, ear }, sink) {
    this.database = database;
    sink.onArrival = (arrival) => void this.effect(arrival);
    this.subscription = ear.subscribe('task.worker.*', (message) => {
      if (message?.kind === 'ack') for (const ref of message.tasks) void this.acknowledged(ref);
    });
  }

  static async open(stage, sink) {
    await stage.database.query(AUDIT);
    return new Observer(stage, sink);
  }

  async stale() {
    const { rows } = await this.database.query('SELECT * FROM chaos.stale ORDER BY at LIMIT 50');
    return rows;
  }

  close() {
    this.subscription.unsubscribe();
  }

  async effect({ key }) {
    const [executionId, path] = key.split(':');
    const records = await this.read(executionId);
    if (!records) return;
    this.looks.effects++;
    if (!records.some((record) => record.type === 'step_queued' && record.path === path)) this.unrecorded.push(key);
  }

  async acknowledged({ executionId, path, attempt }) {
    const records = await this.read(executionId);
    if (!records) return;
    this.looks.acknowledgements++;
    const settled = records.some(
      (record) =>
        TERMINAL.has(record.type) ||
        (SETTLED.has(record.type) && record.path === path && (record.attempt ?? attempt) >= attempt),
    );
    if (!settled) this.forgotten.push(`${executionId} ${path} ${attempt}`);
  }

  /** Null when nobody can say: the database is away, or enough questions are open already. */
  async read(executionId) {
    if (this.looking >= MAX_LOOKS) return null;
    this.looking++;
    try {
      const { rows } = await this.database.query({
        name: 'look',
        text: 'SELECT body FROM executions.journal WHERE execution_id = $1::uuid',
        values: [executionId],
      });
      return rows.flatMap((row) => row.body);
    } catch {
      return null;
    } finally {
      this.looking--;
    }
  }
}
