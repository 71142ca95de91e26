import { IsBase64, IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, JsonField } from '../messages/fields.js';
import { ByIdRequest } from '../messages/lists.js';
import { TRIGGER_EXAMPLE } from './trigger-view.js';

/** Largest body of a webhook, in bytes. */
export const WEBHOOK_BODY_LIMIT = 1024 * 1024;

/** A request as it came in, whoever sent it. */
export class ReceiveWebhookRequest {
  /** The unguessable part of the URL. */
  @IsString()
  @MaxLength(100)
  key!: string;

  /** What follows the key, still encoded. */
  @IsString()
  @MaxLength(4_000)
  path!: string;

  @IsString()
  @MaxLength(20)
  method!: string;

  /** The query as it stands in the URL, without `?`. */
  @IsString()
  @MaxLength(16_384)
  query!: string;

  /** Names in lower case; several of a name are joined by a comma. */
  @IsJsonObject()
  headers!: { [name: string]: string };

  /** The raw bytes, base64. */
  @IsOptional()
  @IsBase64()
  @MaxLength(1_500_000)
  body?: string;

  /** Whose request it is. */
  @IsString()
  @MaxLength(100)
  address!: string;

  /** It came to `/hooks-test`: shown, not fired. */
  @IsOptional()
  @IsBoolean()
  test?: boolean;
}

export class ReceiveWebhookReply {
  @IsInt()
  status!: number;

  @IsJsonObject()
  headers!: { [name: string]: string };

  /** Text of the answer; absent: none. */
  @IsOptional()
  @IsString()
  body?: string;
}

/**
 * Takes in a request to a webhook. 2xx only when it is durable. Refusals are errors: `not_found` (no such webhook, or it is
 * disabled), `method_not_allowed`, `forbidden` (address), `unauthenticated` (signature), `too_large`, `invalid_json`,
 * `workflow_not_published` and `inputs_invalid` (the request is kept then and can be replayed), `overloaded`.
 */
export const receiveWebhook = defineCommand({
  subject: 'rpc.triggers.v1.webhook.receive',
  owner: 'triggers',
  summary: 'Take in a request to a webhook',
  access: { public: true },
  audit: { none: 'What a webhook starts stands in the ledger of fires.' },
  request: ReceiveWebhookRequest,
  reply: ReceiveWebhookReply,
  timeoutMs: 75_000,
  example: {
    request: {
      key: 'q3JbB1cUu5Yw0m3ZkA7xTg',
      path: 'orders',
      method: 'POST',
      query: '',
      headers: { 'content-type': 'application/json' },
      body: 'eyJpZCI6IkEtMSJ9',
      address: '203.0.113.7',
    },
    reply: {
      status: 202,
      headers: { 'content-type': 'application/json' },
      body: '{"executionId":"0198c1f0-0000-7000-8000-000000000002"}',
    },
  },
});

export class OpenCaptureRequest {
  @IsId()
  id!: string;

  /** How many requests to `/hooks-test` are kept; default 1. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(50)
  count?: number;
}

export class OpenCaptureReply {
  /** Where requests are to be sent. */
  @IsString()
  testUrl!: string;

  @IsInt()
  remaining!: number;

  /** Nothing is captured after this. */
  @IsString()
  until!: string;
}

const { id } = TRIGGER_EXAMPLE;
const testUrl = 'http://localhost:3000/hooks-test/q3JbB1cUu5Yw0m3ZkA7xTg/orders';

/** Captures the next requests to the webhook's test URL for an hour; what was captured before is forgotten. */
export const openCapture = defineCommand({
  subject: 'rpc.triggers.v1.capture.open',
  owner: 'triggers',
  summary: "Capture the next requests to a webhook's test URL",
  access: { permission: 'triggers:write' },
  audit: { none: 'It waits for a request and changes nothing.' },
  request: OpenCaptureRequest,
  reply: OpenCaptureReply,
  example: { request: { id, count: 3 }, reply: { testUrl, remaining: 3, until: '2026-01-01T01:00:00.000Z' } },
});

/** A request to a test URL, and what would have become of it. */
export interface CapturedRequest {
  id: string;
  at: string;
  method: string;
  path: string;
  query: string;
  headers: { [name: string]: string };
  /** Text of the body, or base64 where it is no text. */
  body: string;
  encoding: 'utf8' | 'base64';
  address: string;
  /** `accepted`, or the code of the error that the sender would have got, with what it says. */
  verdict: { code: string; message: string };
}

export class ListCapturesReply {
  @JsonField()
  data!: CapturedRequest[];

  /** How many more are captured. */
  @IsInt()
  remaining!: number;
}

export const listCaptures = defineCommand({
  subject: 'rpc.triggers.v1.capture.list',
  owner: 'triggers',
  summary: "Read the requests that came to a webhook's test URL",
  access: { permission: 'triggers:read' },
  request: ByIdRequest,
  reply: ListCapturesReply,
  example: {
    request: { id },
    reply: {
      data: [
        {
          id,
          at: '2026-01-01T00:00:00.000Z',
          method: 'POST',
          path: 'orders',
          query: '',
          headers: { 'content-type': 'application/json' },
          body: '{"id":"A-1"}',
          encoding: 'utf8',
          address: '203.0.113.7',
          verdict: { code: 'accepted', message: 'It would fire.' },
        },
      ],
      remaining: 2,
    },
  },
});
