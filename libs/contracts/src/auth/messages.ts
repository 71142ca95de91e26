import type { CommandDefinition } from '../messages/define-command.js';

export const AUTH_COMMANDS: readonly CommandDefinition[] = [];
