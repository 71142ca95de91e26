import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsText, JsonField } from '../messages/fields.js';
import { ByIdRequest, DoneReply, ListRequest } from '../messages/lists.js';

const id = '0198c1f0-0000-7000-8000-000000000009';

export class CreateEventPublisherRequest {
  /** Who will use it, for people. */
  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name?: string;
}

export class CreateEventPublisherReply {
  @IsId()
  id!: string;

  @IsString()
  name!: string;

  /** NATS servers to connect to, comma separated. */
  @IsString()
  url!: string;

  @IsString()
  user!: string;

  /** Shown this once. */
  @IsString()
  password!: string;

  /** Prefix that its client must use for inboxes (PubAcks): it can subscribe to nothing else. */
  @IsString()
  inboxPrefix!: string;

  /** What it may publish to. */
  @JsonField()
  subjects!: string[];
}

/** Credentials for another system that publishes events over NATS. */
export const createEventPublisher = defineCommand({
  subject: 'rpc.triggers.v1.event-publisher.create',
  owner: 'triggers',
  summary: 'Hand out NATS credentials for publishing events',
  access: { permission: 'triggers:write' },
  audit: 'event_publisher.created',
  request: CreateEventPublisherRequest,
  reply: CreateEventPublisherReply,
  example: {
    request: { name: 'Shop' },
    reply: {
      id,
      name: 'Shop',
      url: 'nats://127.0.0.1:4222',
      user: 'pub_acme_8d1c2b3a4f5e',
      password: 'example',
      inboxPrefix: '_INBOX_pub_acme_8d1c2b3a4f5e',
      subjects: ['events.acme.>'],
    },
  },
});

export interface EventPublisherView {
  id: string;
  name: string;
  user: string;
  inboxPrefix: string;
  subjects: string[];
  createdAt: string;
}

export class ListEventPublishersReply {
  @JsonField()
  data!: EventPublisherView[];

  @JsonField()
  nextCursor!: string | null;
}

export const listEventPublishers = defineCommand({
  subject: 'rpc.triggers.v1.event-publisher.list',
  owner: 'triggers',
  summary: 'List event publishers',
  access: { permission: 'triggers:read' },
  request: ListRequest,
  reply: ListEventPublishersReply,
  example: {
    request: {},
    reply: {
      data: [
        {
          id,
          name: 'Shop',
          user: 'pub_acme_8d1c2b3a4f5e',
          inboxPrefix: '_INBOX_pub_acme_8d1c2b3a4f5e',
          subjects: ['events.acme.>'],
          createdAt: '2026-01-01T00:00:00.000Z',
        },
      ],
      nextCursor: null,
    },
  },
});

/** New connections are refused within a minute, open ones end within a quarter of an hour. */
export const revokeEventPublisher = defineCommand({
  subject: 'rpc.triggers.v1.event-publisher.revoke',
  owner: 'triggers',
  summary: 'Revoke the credentials of an event publisher',
  access: { permission: 'triggers:write' },
  audit: 'event_publisher.revoked',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});
