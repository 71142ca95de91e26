import {
  fireTrigger,
  listFires,
  readTriggersStatus,
  replayFires,
  type FireTriggerReply,
  type FireTriggerRequest,
  type ListFiresReply,
  type ListFiresRequest,
  type ListTriggersRequest,
  type ReplayFiresReply,
  type ReplayFiresRequest,
  type TriggersStatusReply,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { TriggersRepository } from '../triggers/triggers.repository.js';
import { toFire } from './fire-view.js';
import { FireTrigger } from './fire-trigger.js';
import { FiresRepository } from './fires.repository.js';
import { ReplayFires } from './replay-fires.js';
import { ReadStatus } from './read-status.js';

@Messages()
export class FiresMessages {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly fires: FiresRepository,
    private readonly firing: FireTrigger,
    private readonly status: ReadStatus,
    private readonly replaying: ReplayFires,
  ) {}

  @Handles(fireTrigger)
  fire(request: FireTriggerRequest, context: MessageContext): Promise<FireTriggerReply> {
    return this.firing.execute(context.principal, request, context.idempotencyKey);
  }

  @Handles(listFires)
  async list(request: ListFiresRequest, context: MessageContext): Promise<ListFiresReply> {
    const organizationId = organizationOf(context.principal);
    await this.triggers.get(organizationId, request.id);
    const page = await this.fires.page(organizationId, request);
    return { data: page.data.map(toFire), nextCursor: page.nextCursor };
  }

  @Handles(replayFires)
  replay(request: ReplayFiresRequest, context: MessageContext): Promise<ReplayFiresReply> {
    return this.replaying.execute(context.principal, request);
  }

  @Handles(readTriggersStatus)
  readStatus(request: ListTriggersRequest, context: MessageContext): Promise<TriggersStatusReply> {
    return this.status.execute(organizationOf(context.principal), request);
  }
}
