import type { CommandDefinition } from '../messages/define-command.js';

export const AI_COMMANDS: readonly CommandDefinition[] = [];
