import {
  appendAudit,
  AppError,
  listAuditRecords,
  verifyAudit,
  type AppendAuditReply,
  type AppendAuditRequest,
  type ListAuditRecordsReply,
  type ListAuditRecordsRequest,
  type VerifyAuditReply,
  type VerifyAuditRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { AppendAudit } from './append-audit.js';
import { ListAudit } from './list-audit.js';
import { VerifyAudit } from './verify-audit.js';

@Messages()
export class AuditMessages {
  constructor(
    private readonly appending: AppendAudit,
    private readonly listing: ListAudit,
    private readonly verifying: VerifyAudit,
  ) {}

  @Handles(appendAudit)
  append({ entries }: AppendAuditRequest, { principal }: MessageContext): Promise<AppendAuditReply> {
    if (principal?.kind !== 'service') throw new AppError('forbidden', 'Only services append to the audit log.');
    return this.appending.execute(entries, principal.service);
  }

  @Handles(listAuditRecords)
  list(request: ListAuditRecordsRequest, { principal }: MessageContext): Promise<ListAuditRecordsReply> {
    return this.listing.execute(organizationOf(principal), request);
  }

  @Handles(verifyAudit)
  verify(request: VerifyAuditRequest, { principal }: MessageContext): Promise<VerifyAuditReply> {
    return this.verifying.execute(organizationOf(principal), request);
  }
}
