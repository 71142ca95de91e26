import type { Permission } from '../principal/permissions.js';
import type { ServiceName } from '../principal/services.js';

export type MessageClass<T extends object> = new () => T;

/**
 * Who may send a command. Exactly one way for people (`permission`, `authenticated`, `public`, or none), and the
 * services that may send it on their own behalf.
 */
export type Access =
  | { permission: Permission; services?: readonly ServiceName[] }
  /** Any signed-in user, whatever the roles. */
  | { authenticated: true; services?: readonly ServiceName[] }
  /** No principal at all. Only what API.md lists as anonymous. */
  | { public: true; services?: readonly ServiceName[] }
  /** Services only; people cannot reach it. */
  | { services: readonly ServiceName[] };

export interface CommandDefinition<Request extends object = object, Reply extends object = object> {
  /** `rpc.<service>.v<n>.<noun>.<verb>`; a change of meaning is a new version beside the old one. */
  subject: string;
  owner: ServiceName;
  summary: string;
  access: Access;
  request: MessageClass<Request>;
  reply: MessageClass<Reply>;
  /** A valid request and reply; tests check both, documentation shows them. */
  example: { request: Request; reply: Reply };
  /** How long a caller waits for the answer, in milliseconds; default 10,000. */
  timeoutMs?: number;
  /** Where the wait hangs on the request; takes precedence. */
  timeoutFor?(request: Request): number;
  /** Creates something: takes an Idempotency-Key, and a repeat gets the first answer. */
  idempotent?: true;
  /**
   * What the audit log says once it was done (`workflow.published`; the handler records it with `Audit.record` in the
   * transaction of the change), or why it says nothing. Commands that only read leave it out.
   */
  audit?: string | { none: string };
}

/** Plain-object form of a message class: examples and callers need no instances. */
export type Plain<T> = { [K in keyof T]: T[K] };

/** Declares a request-reply message; access is part of the type, so a command without it does not compile. */
export function defineCommand<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
): CommandDefinition<Request, Reply> {
  return Object.freeze(command);
}
