import { Inject } from '@nestjs/common';
import {
  AppError,
  listCaptures,
  openCapture,
  receiveWebhook,
  type ByIdRequest,
  type ListCapturesReply,
  type OpenCaptureReply,
  type OpenCaptureRequest,
  type ReceiveWebhookReply,
  type ReceiveWebhookRequest,
} from '@rpa/contracts';
import type { TriggerEntity } from '@rpa/entities/triggers';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { CONFIG, organizationOf } from '@rpa/platform';
import type { TriggersConfig } from '../triggers.config.js';
import { hookUrl } from '../triggers/trigger-view.js';
import { TriggersRepository } from '../triggers/triggers.repository.js';
import { CapturesRepository } from './captures.repository.js';
import { ReceiveWebhook } from './receive-webhook.js';

const CAPTURE_MS = 3_600_000;

@Messages()
export class WebhooksMessages {
  constructor(
    private readonly receiving: ReceiveWebhook,
    private readonly captures: CapturesRepository,
    private readonly triggers: TriggersRepository,
    @Inject(CONFIG) private readonly config: TriggersConfig,
  ) {}

  @Handles(receiveWebhook)
  receive(request: ReceiveWebhookRequest): Promise<ReceiveWebhookReply> {
    return this.receiving.execute(request);
  }

  @Handles(openCapture)
  async open({ id, count = 1 }: OpenCaptureRequest, { principal }: MessageContext): Promise<OpenCaptureReply> {
    const organizationId = organizationOf(principal);
    const row = await this.webhook(organizationId, id);
    const until = await this.captures.open(organizationId, id, count, CAPTURE_MS);
    const testUrl = hookUrl(row, this.config.publicUrl, 'hooks-test');
    return { testUrl, remaining: count, until: until.toISOString() };
  }

  @Handles(listCaptures)
  async list({ id }: ByIdRequest, { principal }: MessageContext): Promise<ListCapturesReply> {
    const organizationId = organizationOf(principal);
    await this.webhook(organizationId, id);
    return this.captures.list(organizationId, id);
  }

  private async webhook(organizationId: string, id: string): Promise<TriggerEntity> {
    const row = await this.triggers.get(organizationId, id);
    if (row.hookKey === null) throw new AppError('not_found', 'There is no webhook with this id.');
    return row;
  }
}
