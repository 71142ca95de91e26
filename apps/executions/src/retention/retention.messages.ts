import {
  listHolds,
  placeHold,
  previewRetention,
  readRetention,
  releaseHold,
  removeRetention,
  setRetention,
  type ByIdRequest,
  type DoneReply,
  type LegalHoldView,
  type ListHoldsReply,
  type ListHoldsRequest,
  type PlaceHoldRequest,
  type PreviewRetentionReply,
  type PreviewRetentionRequest,
  type ReadRetentionReply,
  type ReadRetentionRequest,
  type RemoveRetentionRequest,
  type SetRetentionRequest,
} from '@rpa/contracts';
import { Bus, Handles, Messages, type MessageContext } from '@rpa/messaging';
import { Audit, Database, Identity, organizationOf, Transactions } from '@rpa/platform';
import { KnownWorkflows } from '../read/known-workflows.js';
import { LegalHolds } from './legal-holds.js';
import { Policies } from './policies.js';
import { RetentionRepository } from './retention.repository.js';

@Messages()
export class RetentionMessages {
  private readonly policies: Policies;
  private readonly holds: LegalHolds;
  private readonly workflows: KnownWorkflows;

  constructor(database: Database, transactions: Transactions, audit: Audit, bus: Bus, identity: Identity) {
    this.workflows = new KnownWorkflows(bus, identity);
    this.policies = new Policies(transactions, new RetentionRepository(database.pool), audit);
    this.holds = new LegalHolds(transactions, audit);
  }

  @Handles(readRetention)
  read(_request: ReadRetentionRequest, { principal }: MessageContext): Promise<ReadRetentionReply> {
    return this.policies.read(organizationOf(principal));
  }

  @Handles(setRetention)
  async set(request: SetRetentionRequest, { principal }: MessageContext): Promise<ReadRetentionReply> {
    await this.workflows.assert(organizationOf(principal), request.workflowId);
    return this.policies.set(organizationOf(principal), request);
  }

  @Handles(removeRetention)
  async remove({ workflowId }: RemoveRetentionRequest, { principal }: MessageContext): Promise<DoneReply> {
    await this.workflows.assert(organizationOf(principal), workflowId);
    await this.policies.remove(organizationOf(principal), workflowId);
    return {};
  }

  @Handles(previewRetention)
  preview({ days }: PreviewRetentionRequest, { principal }: MessageContext): Promise<PreviewRetentionReply> {
    return this.policies.preview(organizationOf(principal), days ?? null);
  }

  @Handles(placeHold)
  async place(request: PlaceHoldRequest, { principal }: MessageContext): Promise<LegalHoldView> {
    // With both it is refused for that.
    if (!request.executionId) await this.workflows.assert(organizationOf(principal), request.workflowId);
    const by = principal?.kind === 'user' ? principal.userId : null;
    return this.holds.place(organizationOf(principal), by, request);
  }

  @Handles(listHolds)
  list(request: ListHoldsRequest, { principal }: MessageContext): Promise<ListHoldsReply> {
    return this.holds.list(organizationOf(principal), request);
  }

  @Handles(releaseHold)
  async release({ id }: ByIdRequest, { principal }: MessageContext): Promise<DoneReply> {
    await this.holds.release(organizationOf(principal), id);
    return {};
  }
}
