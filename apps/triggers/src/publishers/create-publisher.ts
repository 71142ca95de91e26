import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  AppError,
  type CreateEventPublisherReply,
  type CreateEventPublisherRequest,
  type Principal,
} from '@rpa/contracts';
import { Audit, CONFIG, organizationOf, Transactions } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { slugOf } from '../triggers/organization-slug.js';
import type { TriggersConfig } from '../triggers.config.js';
import { hashPassword, newPassword } from './password.js';
import { inboxPrefixOf, subjectsOf } from './publisher-grant.js';
import { PublishersRepository } from './publishers.repository.js';

@Injectable()
export class CreatePublisher {
  constructor(
    private readonly publishers: PublishersRepository,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
    @Inject(CONFIG) private readonly config: TriggersConfig,
  ) {}

  async execute(principal: Principal | null, request: CreateEventPublisherRequest): Promise<CreateEventPublisherReply> {
    if (!this.config.calloutSeed)
      throw new AppError(
        'not_configured',
        'Publishers from outside need NATS_CALLOUT_SEED here and an auth callout in the NATS server.',
      );
    const slug = slugOf(principal);
    const user = `pub_${slug}_${randomBytes(6).toString('hex')}`;
    const password = newPassword();
    const passwordHash = await hashPassword(password);
    const row = await this.transactions.run(async () => {
      const created = await this.publishers.insert(organizationOf(principal), {
        id: uuidv7(),
        organizationSlug: slug,
        name: request.name ?? user,
        user,
        passwordHash,
      });
      const resource = { type: 'event_publisher', id: created.id, name: created.name };
      await this.audit.record({
        action: 'event_publisher.created',
        resource,
        after: { user, subjects: subjectsOf(slug) },
      });
      return created;
    });
    return {
      id: row.id,
      name: row.name,
      url: this.config.natsPublicUrl ?? this.config.natsUrl.join(','),
      user,
      password,
      inboxPrefix: inboxPrefixOf(user),
      subjects: subjectsOf(slug),
    };
  }
}
