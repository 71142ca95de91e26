import { AppError, publishEvents, type PublishEventsReply, type PublishEventsRequest } from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { Backlog } from '../inbox/backlog.js';
import { slugOf } from '../triggers/organization-slug.js';
import { AcceptEvents, type IncomingEvent } from './accept-events.js';
import { readEvents } from './read-event.js';

const MAX_EVENT = 256 * 1024;

@Messages()
export class EventsMessages {
  constructor(
    private readonly accepting: AcceptEvents,
    private readonly backlog: Backlog,
  ) {}

  @Handles(publishEvents)
  async publish(request: PublishEventsRequest, context: MessageContext): Promise<PublishEventsReply> {
    this.backlog.assertRoom();
    const slug = slugOf(context.principal);
    const headers = Object.fromEntries(
      Object.entries(request.headers ?? {}).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
      ),
    );
    const events = request.events.flatMap((body, index): IncomingEvent[] => {
      if (JSON.stringify(body).length > MAX_EVENT)
        throw refused(index, 'too_large', `is larger than ${MAX_EVENT} bytes`);
      return readEvents(body, headers).map((event) => {
        if (event.fault !== undefined) throw refused(index, 'cloud_event', event.fault);
        return { slug, channel: request.channel, source: 'http', event };
      });
    });
    return this.accepting.execute(events);
  }
}

/** Over HTTP the publisher is there to be told; nothing of the request is accepted then. */
function refused(index: number, code: string, message: string): AppError {
  return new AppError('validation_failed', `Event ${index} cannot be accepted.`, {
    errors: [{ path: `events[${index}]`, code, message }],
  });
}
