import { AsyncLocalStorage } from 'node:async_hooks';
import type { CommandDefinition } from '@rpa/contracts';
import type { MessageContext } from '@rpa/messaging';

/** The command that is being handled, and whether what it did has been recorded. */
export interface AuditScope {
  command: CommandDefinition;
  context: MessageContext;
  recorded: number;
}

const storage = new AsyncLocalStorage<AuditScope>();

/** What is recorded while `run` lasts names the sender of this command as its actor. */
export function withAuditScope<T>(scope: AuditScope, run: () => T): T {
  return storage.run(scope, run);
}

export function currentAuditScope(): AuditScope | undefined {
  return storage.getStore();
}
