import type { CommandDefinition, MessageClass } from '@rpa/contracts';
import type { BrowserStep } from '../access/browser-sessions.js';

/** What a request brought, before anything has looked at it. */
export interface RouteInput {
  params: Record<string, string>;
  query: Record<string, string | string[]>;
  body: unknown;
  /** Lower-case names. */
  headers: Record<string, string | string[] | undefined>;
  /** Of `finishes_login`: what the browser's cookie has kept since the login began. */
  flow?: string;
}

/** Answer that differs from `status` and the plain reply. */
export interface RouteAnswer {
  status: number;
  headers?: Record<string, string>;
  /** JSON, a text, or a stream that is handed through. */
  body?: unknown;
}

/** Sends the route's command once more for the same caller, with some fields of its request changed: for further pages. */
export type Again<Request extends object, Reply extends object> = (change: Partial<Request>) => Promise<Reply>;

/** How an answer looks that is not the command's reply: a message class, or a JSON Schema where there is none. */
export interface DocumentedAnswer {
  description: string;
  /** Absent where the answer has no body. */
  reply?: MessageClass<object> | { schema: object };
  /** Default: `application/json`. */
  mediaTypes?: readonly string[];
}

/**
 * One HTTP route as data: which command it sends, and how the two differ. Permission, validation, documentation and
 * examples come from the command, so that a route without a permission does not compile.
 */
export interface RouteDefinition<Request extends object = object, Reply extends object = object> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Relative to `/api/v1`, parameters in braces: `/workflows/{id}`. */
  path: string;
  command: CommandDefinition<Request, Reply>;
  /** Heading in the documentation; default: the command's. */
  summary?: string;
  /** Status of success, default 200; 204 sends no body. */
  status?: 200 | 201 | 202 | 204;
  /** `Location` of what was created, relative to `/api/v1`. */
  location?: (reply: Reply) => string;
  /**
   * The command's request. Default: body (of POST, PUT, PATCH), query and path parameters in one object, the later ones
   * winning; query texts become numbers or booleans where the message class says so.
   */
  request?: (input: RouteInput) => Request;
  /** Default: `status` and the reply as it is. */
  answer?: (reply: Reply, again: Again<Request, Reply>) => RouteAnswer | Promise<RouteAnswer>;
  /** What `answer` makes of the reply, for the documentation: by status. Default: the command's reply as JSON. */
  answers?: Readonly<Record<number, DocumentedAnswer>>;
  /**
   * Answers with a stream of server-sent events instead of the command's reply; the command still says who may and what
   * the request looks like.
   */
  streams?: 'execution';
  /** Value of the `ETag` (a revision). */
  etag?: (reply: Reply) => string | number;
  /** Needs `If-Match` (428 without); its revision is handed on as the request's `revision`. */
  ifMatch?: true;
  /** Largest body in bytes; default 1 MiB, of `/workflows` 6 MiB. */
  bodyLimit?: number;
  /**
   * The body is the caller's own JSON, whatever it looks like, and `request` reads it: the media types beside
   * `application/json` that it may have, and what the documentation says about it.
   */
  freeBody?: { mediaTypes: readonly string[]; description: string; example: unknown };
  /**
   * Fields of the command's request that no client may send: the route's `request` fills them, or services only. In a
   * body or query they are refused like unknown fields, and the documentation leaves them out.
   */
  hidden?: readonly string[];
  /** Serves sessions of browsers: what it does to their cookies. */
  browser?: BrowserStep;
  /** Takes any query parameter; `request` reads them. */
  anyQuery?: true;
  /** Query parameters that `request` reads beside the command's fields, for the documentation: name to JSON Schema. */
  query?: Readonly<Record<string, { type: 'string' | 'integer' | 'boolean'; description: string; example?: unknown }>>;
}

export function route<Request extends object, Reply extends object>(
  definition: RouteDefinition<Request, Reply>,
): RouteDefinition {
  return Object.freeze(definition) as unknown as RouteDefinition;
}
