import { askClaude, getAiStatus } from './ask-claude.command.js';

export * from './ask-claude.command.js';

export const AI_COMMANDS = [getAiStatus, askClaude] as const;
