import {
  getExecution,
  isTerminal,
  listExecutions,
  type ExecutionSummary,
  type JsonObject,
  type ListExecutionsReply,
} from '@rpa/contracts';
import type { PollResult, SourceContext, SourceEvent } from '../trigger-source.js';

/** An end is seen some time after the instant that it carries: clocks differ, commits take their time. */
const OVERLAP_MS = 15_000;
const PAGE = 50;
const MAX_PAGES = 40;
/** Ends that one poll brings in; the rest comes with the next, at once. */
const AT_ONCE = 100;

interface Config {
  workflowId: string;
  statuses?: string[];
}

/** Times are those of the executions, RFC 3339. */
export interface EndedCheckpoint {
  /** What ended before is history. */
  begin: string;
  /** Up to here everything has been looked at, but for what shows up late. */
  seen: string;
  /** Executions that ended shortly before `seen` and are done with. */
  recent: { id: string; at: string }[];
}

/**
 * The executions of a workflow that have ended, read from those that changed last. They are the truth: no hint that got lost
 * loses one. Each is one event, however often it is seen.
 */
export async function pollEnded(context: SourceContext<Config, EndedCheckpoint>): Promise<PollResult<EndedCheckpoint>> {
  const { config, trigger, ask } = context;
  const now = new Date().toISOString();
  const { begin, seen, recent } = context.checkpoint ?? { begin: now, seen: now, recent: [] };
  const done = new Set(recent.map(({ id }) => id));
  const since = later(begin, new Date(Date.parse(seen) - OVERLAP_MS).toISOString());
  const ended = (await endedSince(context, since)).filter(({ id }) => !done.has(id));
  const taken = ended.slice(0, AT_ONCE);
  const statuses = config.statuses ?? ['completed'];
  const events: SourceEvent[] = [];
  for (const { id, status, trigger: cause } of taken) {
    // What a run of this trigger itself brings about would go round for ever.
    if (!statuses.includes(status) || cause.id === trigger.id) continue;
    const { workflowId, workflowName, output, error } = await ask(getExecution, { id });
    const payload = { executionId: id, workflowId, workflowName, status, output: output ?? null, error };
    events.push({ key: id, payload: payload as JsonObject });
  }
  const latest = taken.reduce((at, { completedAt }) => later(at, completedAt ?? at), seen);
  const kept = [...recent, ...taken.map(({ id, completedAt }) => ({ id, at: completedAt ?? latest }))];
  const limit = Date.parse(latest) - OVERLAP_MS;
  const checkpoint = { begin, seen: latest, recent: kept.filter(({ at }) => Date.parse(at) >= limit) };
  return { events, checkpoint, more: ended.length > taken.length };
}

/** In the order in which they ended. */
async function endedSince(
  { config, ask }: SourceContext<Config, EndedCheckpoint>,
  since: string,
): Promise<ExecutionSummary[]> {
  const ended: ExecutionSummary[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const reply: ListExecutionsReply = await ask(listExecutions, {
      ...{ workflowId: config.workflowId, sort: '-updatedAt' as const, limit: PAGE },
      ...(cursor !== null && { cursor }),
    });
    const terminal = reply.data.filter(({ status }) => isTerminal(status));
    const fresh = terminal.filter(({ completedAt }) => completedAt !== null && completedAt >= since);
    ended.push(...fresh);
    cursor = reply.nextCursor;
    // Those that changed last come first; when an old end comes up, only older ones follow.
    if (cursor === null || fresh.length < terminal.length) return ended.sort(byEnd);
  }
  throw new Error(
    `More than ${MAX_PAGES * PAGE} executions have ended since ${since}; they cannot be followed one by one.`,
  );
}

function byEnd(a: ExecutionSummary, b: ExecutionSummary): number {
  return (a.completedAt ?? '') < (b.completedAt ?? '') ? -1 : 1;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
