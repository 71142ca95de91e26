import {
  createEventPublisher,
  createTrigger,
  deleteTrigger,
  disableTrigger,
  disableTriggers,
  enableTrigger,
  enableTriggers,
  fireTrigger,
  getTrigger,
  listCaptures,
  listEventPublishers,
  listFires,
  listTriggers,
  listTriggerTypes,
  openCapture,
  publishEvents,
  readTriggersStatus,
  replayFires,
  restoreTrigger,
  revokeEventPublisher,
  testTrigger,
  updateTrigger,
  type JsonValue,
  type PublishEventsRequest,
} from '@rpa/contracts';
import { route, type RouteDefinition, type RouteInput } from '../http/define-route.js';

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
/** A hundred events, or a few large ones. */
const EVENTS_BODY = 2 * 1024 * 1024;

export const TRIGGER_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/triggers', command: listTriggers }),
  route({
    method: 'POST',
    path: '/triggers',
    command: createTrigger,
    status: 201,
    location: (trigger) => `/triggers/${trigger.id}`,
    etag: (trigger) => trigger.revision,
  }),
  route({ method: 'GET', path: '/triggers/types', command: listTriggerTypes }),
  route({ method: 'GET', path: '/triggers/status', command: readTriggersStatus }),
  route({ method: 'POST', path: '/triggers/test', command: testTrigger }),
  route({ method: 'POST', path: '/triggers/bulk/enable', command: enableTriggers }),
  route({ method: 'POST', path: '/triggers/bulk/disable', command: disableTriggers }),
  route({ method: 'GET', path: '/triggers/{id}', command: getTrigger, etag: (trigger) => trigger.revision }),
  route({
    method: 'PUT',
    path: '/triggers/{id}',
    command: updateTrigger,
    ifMatch: true,
    etag: (trigger) => trigger.revision,
  }),
  route({ method: 'DELETE', path: '/triggers/{id}', command: deleteTrigger, status: 204 }),
  route({
    method: 'POST',
    path: '/triggers/{id}/restore',
    command: restoreTrigger,
    etag: (trigger) => trigger.revision,
  }),
  route({
    method: 'POST',
    path: '/triggers/{id}/enable',
    command: enableTrigger,
    etag: (trigger) => trigger.revision,
  }),
  route({
    method: 'POST',
    path: '/triggers/{id}/disable',
    command: disableTrigger,
    etag: (trigger) => trigger.revision,
  }),
  route({ method: 'POST', path: '/triggers/{id}/fire', command: fireTrigger, status: 202 }),
  route({ method: 'GET', path: '/triggers/{id}/fires', command: listFires }),
  route({ method: 'POST', path: '/triggers/{id}/replay', command: replayFires, status: 202 }),
  route({ method: 'GET', path: '/triggers/{id}/captures', command: listCaptures }),
  route({ method: 'POST', path: '/triggers/{id}/captures', command: openCapture }),
  route({
    method: 'POST',
    path: '/events/{channel}',
    command: publishEvents,
    status: 202,
    request: toEvents,
    freeBody: {
      mediaTypes: [STRUCTURED, BATCH],
      description:
        'One event as JSON, a list of at most 100, or CloudEvents 1.0: structured, batched, or binary with ce- headers. Each event has at most 256 KiB.',
      example: { id: 'A-1', total: 12 },
    },
    bodyLimit: EVENTS_BODY,
  }),
  route({ method: 'GET', path: '/event-publishers', command: listEventPublishers }),
  route({
    method: 'POST',
    path: '/event-publishers',
    command: createEventPublisher,
    status: 201,
    location: (publisher) => `/event-publishers/${publisher.id}`,
  }),
  route({ method: 'DELETE', path: '/event-publishers/{id}', command: revokeEventPublisher, status: 204 }),
];

/** A list is a batch, except as the data of one CloudEvent in binary mode. */
function toEvents({ params, body, headers }: RouteInput): PublishEventsRequest {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith('ce-') && typeof value === 'string') kept[name] = value;
  const contentType = String(headers['content-type'] ?? '')
    .split(';')[0]
    ?.trim();
  if (contentType === STRUCTURED || contentType === BATCH) kept['content-type'] = STRUCTURED;
  const single = 'ce-specversion' in kept || !Array.isArray(body);
  return {
    channel: params['channel'] ?? '',
    events: single ? [(body ?? null) as JsonValue] : (body as JsonValue[]),
    headers: kept,
  };
}
