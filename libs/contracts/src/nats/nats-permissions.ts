import { WATCH_SUBJECT } from '../executions/live.command.js';
import { replicaSubject } from '../executions/replica-message.js';
import { COMMANDS } from '../messages/commands.js';
import type { CommandDefinition } from '../messages/define-command.js';
import { SERVICES, type ServiceName } from '../principal/services.js';

/** Static NATS user of one service. Everything that is not listed is refused. */
export interface NatsUser {
  user: ServiceName;
  publish: string[];
  subscribe: string[];
  /** Lets it answer requests: publish to the reply subject of a message that it got, nothing else. */
  allowResponses: { max: number; expires: string };
}

/** Stream that keeps what other systems publish until triggers has committed it. */
export const EVENTS_STREAM = 'EVENTS';
export const EVENTS_SUBJECT = 'events.*.>';
/** Durable consumer by which triggers reads {@link EVENTS_STREAM}. */
export const EVENTS_CONSUMER = 'triggers';

/** Prefix of the inboxes of a service: it can subscribe to no other. */
export function inboxPrefix(service: ServiceName): string {
  return `_INBOX_${service}`;
}

/** Subject on which a service tells its readiness to the gateway. */
export function healthSubject(service: ServiceName | '*'): string {
  return `rpc.${service}.health`;
}

/** On which the replicas of the gateway tell each other what callers have spent of their rate limits. */
export const SPENT_SUBJECT = 'replica.gateway.spent';

const EXTRA: Partial<Record<ServiceName, { publish?: string[]; subscribe?: string[] }>> = {
  gateway: {
    publish: [healthSubject('*'), WATCH_SUBJECT, SPENT_SUBJECT],
    subscribe: ['evt.*.>', SPENT_SUBJECT],
  },
  executions: {
    publish: ['task.direct.>', 'task.queue.>', 'task.worker.>', replicaSubject('*')],
    subscribe: ['task.announce', WATCH_SUBJECT, replicaSubject('*')],
  },
  worker: { publish: ['task.announce'], subscribe: ['task.direct.*.*', 'task.queue.*.*', 'task.worker.>'] },
  ai: { publish: ['task.announce'], subscribe: ['task.direct.ai.*', 'task.queue.ai.*', 'task.worker.>'] },
  triggers: {
    publish: [
      'events.*.>',
      '$JS.API.INFO',
      `$JS.API.STREAM.INFO.${EVENTS_STREAM}`,
      `$JS.API.STREAM.CREATE.${EVENTS_STREAM}`,
      `$JS.API.STREAM.UPDATE.${EVENTS_STREAM}`,
      `$JS.API.CONSUMER.CREATE.${EVENTS_STREAM}.>`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${EVENTS_STREAM}.>`,
      `$JS.API.CONSUMER.INFO.${EVENTS_STREAM}.>`,
      `$JS.API.CONSUMER.MSG.NEXT.${EVENTS_STREAM}.>`,
      `$JS.ACK.${EVENTS_STREAM}.>`,
    ],
    subscribe: ['evt.*.executions.>', 'evt.*.workflows.>', '$SYS.REQ.USER.AUTH', '$JS.EVENT.ADVISORY.CONSUMER.>'],
  },
};

/** Services that may send a command: the gateway for people, and those that are named. */
export function callersOf(command: CommandDefinition): ServiceName[] {
  const forPeople = 'permission' in command.access || 'authenticated' in command.access || 'public' in command.access;
  return [...new Set<ServiceName>([...(forPeople ? (['gateway'] as const) : []), ...(command.access.services ?? [])])];
}

/** The allow list of every service, derived from who owns, calls, tells and hears what. */
export function natsUsers(): NatsUser[] {
  return SERVICES.map((service) => ({
    user: service,
    publish: [
      ...COMMANDS.filter((command) => callersOf(command).includes(service)).map((command) => command.subject),
      `evt.*.${service}.>`,
      ...(EXTRA[service]?.publish ?? []),
    ],
    subscribe: [`rpc.${service}.>`, `${inboxPrefix(service)}.>`, ...(EXTRA[service]?.subscribe ?? [])],
    // Once: the server forgets an answered subject at once; with more it would remember each until it expires. As long as
    // a step may run, since its worker answers the request that brought it.
    allowResponses: { max: 1, expires: '1h' },
  }));
}
