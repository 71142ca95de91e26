import { AI_COMMANDS } from '../ai/messages.js';
import { AUDIT_COMMANDS } from '../audit/messages.js';
import { AUTH_COMMANDS } from '../auth/messages.js';
import { EXECUTIONS_COMMANDS } from '../executions/messages.js';
import { INTEGRATIONS_COMMANDS } from '../integrations/messages.js';
import type { ServiceName } from '../principal/services.js';
import { STORAGE_COMMANDS } from '../storage/messages.js';
import { TRIGGERS_COMMANDS } from '../triggers/messages.js';
import { VAULT_COMMANDS } from '../vault/messages.js';
import { WORKFLOWS_COMMANDS } from '../workflows/messages.js';
import type { CommandDefinition } from './define-command.js';

/** Every command of the platform: what a service checks its handlers against and the NATS permissions come from. */
export const COMMANDS: readonly CommandDefinition[] = [
  ...AUTH_COMMANDS,
  ...AUDIT_COMMANDS,
  ...WORKFLOWS_COMMANDS,
  ...EXECUTIONS_COMMANDS,
  ...TRIGGERS_COMMANDS,
  ...VAULT_COMMANDS,
  ...INTEGRATIONS_COMMANDS,
  ...AI_COMMANDS,
  ...STORAGE_COMMANDS,
] as readonly CommandDefinition[];

export function commandsOwnedBy(service: ServiceName): CommandDefinition[] {
  return COMMANDS.filter((command) => command.owner === service);
}
