import { announceStepTypes } from './announce-step-types.command.js';
import { loadVersion, resolveVersion } from './resolve-version.command.js';

export * from './announce-step-types.command.js';
export * from './resolve-version.command.js';

export const WORKFLOWS_COMMANDS = [resolveVersion, loadVersion, announceStepTypes] as const;
