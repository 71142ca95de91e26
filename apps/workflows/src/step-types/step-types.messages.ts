import {
  announceStepTypes,
  getStepType,
  listStepTypes,
  type AnnounceStepTypesRequest,
  type DoneReply,
  type GetStepTypeReply,
  type GetStepTypeRequest,
  type ListStepTypesReply,
  type ListStepTypesRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { AnnounceStepTypes } from './announce-step-types.js';
import { StepCatalog } from './step-catalog.js';

@Messages()
export class StepTypesMessages {
  constructor(
    private readonly announceTypes: AnnounceStepTypes,
    private readonly catalog: StepCatalog,
  ) {}

  @Handles(announceStepTypes)
  async announce(request: AnnounceStepTypesRequest, context: MessageContext): Promise<DoneReply> {
    await this.announceTypes.execute(context.principal, request);
    return {};
  }

  @Handles(listStepTypes)
  list(_request: ListStepTypesRequest): Promise<ListStepTypesReply> {
    return this.catalog.list();
  }

  @Handles(getStepType)
  get(request: GetStepTypeRequest): Promise<GetStepTypeReply> {
    return this.catalog.get(request.type);
  }
}
