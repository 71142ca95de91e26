import {
  listSlaBreaches,
  listSlaTargets,
  removeSlaTarget,
  setSlaTarget,
  type DoneReply,
  type ListSlaBreachesReply,
  type ListSlaBreachesRequest,
  type ListSlaTargetsReply,
  type ListSlaTargetsRequest,
  type SlaTargetByWorkflowRequest,
  type SlaTargetRequest,
  type SlaTargetView,
} from '@rpa/contracts';
import { Bus, Handles, Messages, type MessageContext } from '@rpa/messaging';
import { Audit, Identity, organizationOf, Transactions } from '@rpa/platform';
import { KnownWorkflows } from '../read/known-workflows.js';
import { SlaTargets } from './sla-targets.js';

@Messages()
export class SlaMessages {
  private readonly targets: SlaTargets;
  private readonly workflows: KnownWorkflows;

  constructor(transactions: Transactions, audit: Audit, bus: Bus, identity: Identity) {
    this.workflows = new KnownWorkflows(bus, identity);
    this.targets = new SlaTargets(transactions, audit);
  }

  @Handles(setSlaTarget)
  async set(request: SlaTargetRequest, { principal }: MessageContext): Promise<SlaTargetView> {
    await this.workflows.assert(organizationOf(principal), request.workflowId);
    return this.targets.set(organizationOf(principal), request);
  }

  @Handles(removeSlaTarget)
  async remove({ workflowId }: SlaTargetByWorkflowRequest, { principal }: MessageContext): Promise<DoneReply> {
    await this.targets.remove(organizationOf(principal), workflowId);
    return {};
  }

  @Handles(listSlaTargets)
  list(request: ListSlaTargetsRequest, { principal }: MessageContext): Promise<ListSlaTargetsReply> {
    return this.targets.list(organizationOf(principal), request);
  }

  @Handles(listSlaBreaches)
  breaches(request: ListSlaBreachesRequest, { principal }: MessageContext): Promise<ListSlaBreachesReply> {
    return this.targets.listBreaches(organizationOf(principal), request);
  }
}
