import { closeSession } from './close-session.command.js';
import { getMe } from './get-me.command.js';
import { openSession } from './open-session.command.js';
import { refreshSession } from './refresh-session.command.js';
import { registerUser } from './register-user.command.js';

export * from './close-session.command.js';
export * from './get-me.command.js';
export * from './open-session.command.js';
export * from './refresh-session.command.js';
export * from './register-user.command.js';
export { OrganizationView, SLUG_PATTERN, SessionView, UserView } from './session-view.js';

export const AUTH_COMMANDS = [registerUser, openSession, refreshSession, closeSession, getMe] as const;
