import {
  createEventPublisher,
  listEventPublishers,
  revokeEventPublisher,
  type ByIdRequest,
  type CreateEventPublisherReply,
  type CreateEventPublisherRequest,
  type DoneReply,
  type ListEventPublishersReply,
  type ListRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { CreatePublisher } from './create-publisher.js';
import { inboxPrefixOf, subjectsOf } from './publisher-grant.js';
import { RevokePublisher } from './revoke-publisher.js';
import { PublishersRepository } from './publishers.repository.js';

@Messages()
export class PublishersMessages {
  constructor(
    private readonly publishers: PublishersRepository,
    private readonly creating: CreatePublisher,
    private readonly revoking: RevokePublisher,
  ) {}

  @Handles(createEventPublisher)
  create(request: CreateEventPublisherRequest, context: MessageContext): Promise<CreateEventPublisherReply> {
    return this.creating.execute(context.principal, request);
  }

  @Handles(listEventPublishers)
  async list(request: ListRequest, context: MessageContext): Promise<ListEventPublishersReply> {
    const page = await this.publishers.page(organizationOf(context.principal), request);
    const data = page.data.map(({ id, name, user, organizationSlug, createdAt }) => ({
      id,
      name,
      user,
      inboxPrefix: inboxPrefixOf(user),
      subjects: subjectsOf(organizationSlug),
      createdAt: createdAt.toISOString(),
    }));
    return { data, nextCursor: page.nextCursor };
  }

  @Handles(revokeEventPublisher)
  revoke(request: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    return this.revoking.execute(context.principal, request.id);
  }
}
