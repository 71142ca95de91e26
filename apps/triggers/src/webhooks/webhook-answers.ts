import { AppError, isErrorCode, type JsonValue, type StartExecutionReply } from '@rpa/contracts';
import { toProblem } from '@rpa/platform';
import type { Settled } from '../inbox/intents.repository.js';
import type { WebhookConfig } from '../types/webhook/webhook-config.js';
import type { HookAnswer } from './webhooks.repository.js';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** What a sender is answered when its request has been handed over; null: nobody has answered the start yet. */
export function answerOf(eventId: string, config: WebhookConfig, settled: Settled | null): HookAnswer {
  if (!settled) return accepted({ eventId, outcome: 'pending' });
  const { outcome, reason, executionId, code, reply } = settled;
  if (outcome === 'skipped') return accepted({ eventId, outcome, ...(reason && { reason }) });
  if (outcome !== 'fired')
    return refused(eventId, code ?? 'internal', reason ?? 'The request could not be handed over.');
  if (config.respond === undefined || config.respond === 'immediately') return accepted({ eventId, executionId });
  return reply ? answerOfRun(eventId, config.respond, reply) : accepted({ eventId, executionId });
}

function answerOfRun(eventId: string, respond: 'last_step' | 'respond_step', reply: StartExecutionReply): HookAnswer {
  const { id: executionId, response, execution } = reply;
  if (response) return { ...toHttp(response.status, response.body, response.headers), final: true };
  // Time is up; the run goes on.
  if (!execution) return accepted({ eventId, executionId });
  if (execution.status !== 'completed') {
    const why = execution.error ? `: ${execution.error.message}` : '';
    const problem = toProblem(new AppError('internal', `The execution ended as ${execution.status}${why}.`), null);
    return { ...problemAnswer({ ...problem, executionId }), final: true };
  }
  if (respond === 'respond_step') return { status: 204, headers: {}, final: true };
  return { ...toHttp(200, execution.output ?? null, {}), final: true };
}

/** The request is kept: repeated by its sender, or replayed, it may well start something. */
function refused(eventId: string, code: string, reason: string): HookAnswer {
  const known = isErrorCode(code) ? code : 'internal';
  const problem = toProblem(
    new AppError(known, `${reason} The request is kept as event ${eventId} and can be replayed.`),
    null,
  );
  return { ...problemAnswer({ ...problem, eventId }), final: false };
}

export function problemAnswer(problem: { status: number; [more: string]: unknown }): Omit<HookAnswer, 'final'> {
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(problem),
  };
}

export function accepted(body: object): HookAnswer {
  return { status: 202, headers: JSON_TYPE, body: JSON.stringify(body), final: true };
}

/** Text goes out as it is, everything else as JSON; null is no body at all. */
function toHttp(status: number, body: JsonValue, headers: { [name: string]: string }): Omit<HookAnswer, 'final'> {
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  if (body === null) return { status: status === 200 ? 204 : status, headers: named };
  const isText = typeof body === 'string';
  const type = isText ? { 'content-type': 'text/plain; charset=utf-8' } : JSON_TYPE;
  return { status, headers: { ...type, ...named }, body: isText ? body : JSON.stringify(body) };
}
