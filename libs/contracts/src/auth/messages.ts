import { createApiKey, getApiKey, listApiKeys, revokeApiKey } from './api-key.command.js';
import { checkSession, listSigningKeys, redeemApiKey } from './check-access.command.js';
import { closeSession } from './close-session.command.js';
import { getMe } from './get-me.command.js';
import { acceptInvitation, inviteUser, listInvitations, revokeInvitation } from './invitation.command.js';
import { createRole, deleteRole, getRole, listPermissions, listRoles, updateRole } from './manage-roles.command.js';
import {
  listSessions,
  listUserSessions,
  logOutUser,
  revokeOtherSessions,
  revokeSession,
} from './manage-sessions.command.js';
import {
  activateUser,
  assignRole,
  deactivateUser,
  deleteUser,
  eraseUser,
  getUser,
  listUsers,
  restoreUser,
  setUserRoles,
  unlockUser,
  updateUser,
} from './manage-users.command.js';
import {
  confirmMfa,
  disableMfa,
  enrollMfa,
  mfaStatus,
  renewRecoveryCodes,
  resetUserMfa,
  verifyMfa,
} from './mfa.command.js';
import { beginOidcLogin, finishOidcLogin, listLoginProviders } from './oidc-login.command.js';
import {
  createOidcProvider,
  deleteOidcProvider,
  getOidcProvider,
  listOidcProviders,
  updateOidcProvider,
} from './oidc-provider.command.js';
import { openSession } from './open-session.command.js';
import { getOrganization, updateOrganization } from './organization.command.js';
import {
  changePassword,
  issuePasswordReset,
  renewPassword,
  requestPasswordReset,
  resetPassword,
} from './password.command.js';
import { refreshSession } from './refresh-session.command.js';
import { registerUser } from './register-user.command.js';

export * from './access-changed.event.js';
export * from './api-key.command.js';
export * from './check-access.command.js';
export * from './close-session.command.js';
export * from './get-me.command.js';
export * from './invitation.command.js';
export * from './login-reply.js';
export * from './manage-roles.command.js';
export * from './manage-sessions.command.js';
export * from './manage-users.command.js';
export * from './mfa.command.js';
export * from './oidc-login.command.js';
export * from './oidc-provider.command.js';
export * from './open-session.command.js';
export * from './organization.command.js';
export * from './password-reset.event.js';
export * from './password.command.js';
export * from './refresh-session.command.js';
export * from './register-user.command.js';
export { OrganizationView, SLUG_PATTERN, SessionView, UserView } from './session-view.js';

export const AUTH_COMMANDS = [
  createApiKey,
  listApiKeys,
  getApiKey,
  revokeApiKey,
  checkSession,
  redeemApiKey,
  listSigningKeys,
  closeSession,
  getMe,
  inviteUser,
  listInvitations,
  revokeInvitation,
  acceptInvitation,
  listRoles,
  getRole,
  createRole,
  updateRole,
  deleteRole,
  listPermissions,
  listSessions,
  revokeSession,
  revokeOtherSessions,
  listUserSessions,
  logOutUser,
  listUsers,
  getUser,
  updateUser,
  deactivateUser,
  activateUser,
  unlockUser,
  deleteUser,
  restoreUser,
  eraseUser,
  setUserRoles,
  assignRole,
  mfaStatus,
  enrollMfa,
  confirmMfa,
  renewRecoveryCodes,
  disableMfa,
  resetUserMfa,
  verifyMfa,
  listLoginProviders,
  beginOidcLogin,
  finishOidcLogin,
  listOidcProviders,
  getOidcProvider,
  createOidcProvider,
  updateOidcProvider,
  deleteOidcProvider,
  openSession,
  getOrganization,
  updateOrganization,
  changePassword,
  requestPasswordReset,
  resetPassword,
  renewPassword,
  issuePasswordReset,
  refreshSession,
  registerUser,
] as const;
