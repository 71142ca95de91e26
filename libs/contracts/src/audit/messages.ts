import { appendAudit } from './append-audit.command.js';
import { listAuditRecords, verifyAudit } from './read-audit.command.js';

export * from './append-audit.command.js';
export * from './audit-entry.js';
export * from './read-audit.command.js';

export const AUDIT_COMMANDS = [appendAudit, listAuditRecords, verifyAudit] as const;
