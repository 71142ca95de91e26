import type { CommandDefinition } from '../messages/define-command.js';

export const TRIGGERS_COMMANDS: readonly CommandDefinition[] = [];
