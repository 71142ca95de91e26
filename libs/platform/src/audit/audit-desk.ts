import type { CommandDefinition } from '@rpa/contracts';
import type { MessageContext } from '@rpa/messaging';
import type { Transactions } from '../database/transactions.js';
import type { Logger } from '../log/logger.js';
import type { Metrics } from '../metrics/metrics.js';
import type { AuditRelay } from './audit-relay.js';
import { withAuditScope, type AuditScope } from './audit-scope.js';
import type { Audit } from './audit.js';

export interface DeskParts {
  audit: Audit;
  relay: AuditRelay;
  transactions: Transactions;
  logger: Logger;
  metrics: Metrics;
}

/**
 * Stands at the door of a service: knows in whose name things are recorded while a command is handled, and sees to it that
 * a command which belongs into the audit log gets there even when its handler has forgotten it.
 */
export class AuditDesk {
  private readonly late: { inc(labels: { command: string }): void };

  constructor(private readonly parts: DeskParts) {
    this.late = parts.metrics.counter('rpa_audit_late_total', 'Commands recorded after their change, not with it', [
      'command',
    ]);
  }

  async watch<Reply extends object>(
    command: CommandDefinition,
    context: MessageContext,
    request: object,
    handler: () => Promise<Reply>,
  ): Promise<Reply> {
    if (typeof command.audit === 'object') return handler();
    const scope: AuditScope = { command, context, recorded: 0 };
    try {
      return await withAuditScope(scope, async () => {
        const reply = await handler();
        if (typeof command.audit === 'string' && scope.recorded === 0)
          await this.recordLate(command.audit, command.subject, context, { ...request, ...reply });
        return reply;
      });
    } finally {
      if (scope.recorded > 0) this.parts.relay.nudge();
    }
  }

  private async recordLate(action: string, command: string, context: MessageContext, row: object): Promise<void> {
    if (!context.principal?.organizationId) return;
    const { audit, transactions, logger } = this.parts;
    this.late.inc({ command });
    const id = (row as { id?: unknown }).id;
    const resource = { type: action.split('.')[0] ?? action, id: typeof id === 'string' ? id : '-' };
    await transactions
      .run(() => audit.record({ action, resource }))
      .catch((error: unknown) => logger.error({ err: error, command }, 'What was done is missing in the audit log'));
  }
}
