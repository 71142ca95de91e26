import type { Fault } from '@rpa/contracts';
import Type from 'typebox';
import { checkTemplate } from '../../triggers/check-template.js';
import { defineTrigger } from '../define-trigger.js';
import { isChannelPattern } from './channel-pattern.js';
import { ConsumeEventBus } from './consume-event-bus.js';

export const eventBusTrigger = defineTrigger({
  type: 'event_bus',
  title: 'Event',
  summary: 'Fires for events that other systems publish, over NATS or HTTP.',
  config: Type.Object(
    {
      channel: Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Channel such as orders.created; * stands for one token, > for all that follow.',
      }),
      filter: Type.Optional(
        Type.String({
          maxLength: 10_240,
          description: 'Only events for which this is true, e.g. {{ trigger.payload.total > 100 }}.',
        }),
      ),
      orderBy: Type.Optional(
        Type.String({
          maxLength: 10_240,
          description:
            'Events for which this expression gives the same start one after the other, in the order in which they were published.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  ui: {
    channel: { label: 'Channel', placeholder: 'orders.created' },
    filter: { control: 'expression', label: 'Only when', placeholder: '{{ trigger.payload.total > 100 }}' },
    orderBy: { control: 'expression', label: 'In order by', placeholder: '{{ trigger.payload.orderId }}' },
  },
  sample: {
    payload: { id: 'A-1', total: 120 },
    headers: { 'ce-id': '42', 'ce-source': 'shop', 'ce-type': 'order.created' },
    channel: 'orders.created',
  },
  check(config) {
    const faults: Fault[] = [];
    for (const field of ['filter', 'orderBy'] as const) {
      const text = config[field];
      if (text === undefined) continue;
      faults.push(...checkTemplate(text, field));
      if (!text.includes('{{'))
        faults.push({ path: field, code: 'expression', message: 'must be an expression in double braces' });
    }
    if (!isChannelPattern(config.channel))
      faults.push({
        path: 'channel',
        code: 'channel',
        message:
          'must be tokens of letters, digits, _ and - joined by dots; * for one token, > as the last for the rest',
      });
    return faults;
  },
  channelOf: (config) => config.channel,
  filterOf: (config) => config.filter,
  shared: ConsumeEventBus,
});
