import type { CommandDefinition } from '../messages/define-command.js';

export const INTEGRATIONS_COMMANDS: readonly CommandDefinition[] = [];
