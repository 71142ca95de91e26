import {
  createTrigger,
  deleteTrigger,
  disableTrigger,
  disableTriggers,
  enableTrigger,
  enableTriggers,
  getTrigger,
  listTriggers,
  listTriggerTypes,
  restoreTrigger,
  testTrigger,
  updateTrigger,
  type ByIdRequest,
  type CreateTriggerRequest,
  type DoneReply,
  type ListTriggersReply,
  type ListTriggersRequest,
  type ListTriggerTypesReply,
  type ListTriggerTypesRequest,
  type SetTriggersEnabledReply,
  type SetTriggersEnabledRequest,
  type TestTriggerReply,
  type TestTriggerRequest,
  type TriggerView,
  type UpdateTriggerRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { TRIGGER_TYPES } from '../types/trigger-types.js';
import { ChangeTrigger } from './change-trigger.js';
import { CreateTrigger } from './create-trigger.js';
import { SetTriggersEnabled } from './set-triggers-enabled.js';
import { ShowTrigger } from './show-trigger.js';
import { TestTrigger } from './test-trigger.js';
import { TriggersRepository } from './triggers.repository.js';

@Messages()
export class TriggersMessages {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly creating: CreateTrigger,
    private readonly changing: ChangeTrigger,
    private readonly testing: TestTrigger,
    private readonly switching: SetTriggersEnabled,
    private readonly show: ShowTrigger,
  ) {}

  @Handles(createTrigger)
  create(request: CreateTriggerRequest, context: MessageContext): Promise<TriggerView> {
    return this.creating.execute(context.principal, request);
  }

  @Handles(listTriggers)
  async list(request: ListTriggersRequest, context: MessageContext): Promise<ListTriggersReply> {
    const page = await this.triggers.page(organizationOf(context.principal), request);
    return { data: page.data.map((row) => this.show.execute(row)), nextCursor: page.nextCursor };
  }

  @Handles(getTrigger)
  async get(request: ByIdRequest, context: MessageContext): Promise<TriggerView> {
    return this.show.execute(await this.triggers.get(organizationOf(context.principal), request.id));
  }

  @Handles(updateTrigger)
  update(request: UpdateTriggerRequest, context: MessageContext): Promise<TriggerView> {
    return this.changing.update(context.principal, request);
  }

  @Handles(enableTrigger)
  enable(request: ByIdRequest, context: MessageContext): Promise<TriggerView> {
    return this.changing.setEnabled(context.principal, request.id, true);
  }

  @Handles(disableTrigger)
  disable(request: ByIdRequest, context: MessageContext): Promise<TriggerView> {
    return this.changing.setEnabled(context.principal, request.id, false);
  }

  @Handles(testTrigger)
  test(request: TestTriggerRequest, context: MessageContext): Promise<TestTriggerReply> {
    return this.testing.execute(context.principal, request);
  }

  @Handles(enableTriggers)
  enableMany(request: SetTriggersEnabledRequest, context: MessageContext): Promise<SetTriggersEnabledReply> {
    return this.switching.execute(context.principal, request, true);
  }

  @Handles(disableTriggers)
  disableMany(request: SetTriggersEnabledRequest, context: MessageContext): Promise<SetTriggersEnabledReply> {
    return this.switching.execute(context.principal, request, false);
  }

  @Handles(deleteTrigger)
  async delete(request: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    await this.changing.delete(context.principal, request.id);
    return {};
  }

  @Handles(restoreTrigger)
  restore(request: ByIdRequest, context: MessageContext): Promise<TriggerView> {
    return this.changing.restore(context.principal, request.id);
  }

  @Handles(listTriggerTypes)
  types(_request: ListTriggerTypesRequest): Promise<ListTriggerTypesReply> {
    return Promise.resolve({ data: TRIGGER_TYPES.map((type) => type.descriptor) });
  }
}
