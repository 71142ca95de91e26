import { Module } from '@nestjs/common';
import { AccessChanges } from './access/access-changes.js';
import { OwnersRepository } from './access/owners.repository.js';
import { AccountsMessages } from './accounts/accounts.messages.js';
import { AccountsRepository } from './accounts/accounts.repository.js';
import { GetMe } from './accounts/get-me.js';
import { RegisterUser } from './accounts/register-user.js';
import { ApiKeyUses } from './api-keys/api-key-uses.js';
import { ApiKeysMessages } from './api-keys/api-keys.messages.js';
import { ApiKeysRepository } from './api-keys/api-keys.repository.js';
import { ManageApiKeys } from './api-keys/manage-api-keys.js';
import { RedeemApiKey } from './api-keys/redeem-api-key.js';
import { AppendAudit } from './audit/append-audit.js';
import { AuditMessages } from './audit/audit.messages.js';
import { AuditRepository } from './audit/audit.repository.js';
import { BeginAudit } from './audit/begin-audit.js';
import { ListAudit } from './audit/list-audit.js';
import { VerifyAudit } from './audit/verify-audit.js';
import { AcceptInvitation } from './invitations/accept-invitation.js';
import { InvitationsMessages } from './invitations/invitations.messages.js';
import { InvitationsRepository } from './invitations/invitations.repository.js';
import { InviteUser } from './invitations/invite-user.js';
import { CompleteLogin } from './login/complete-login.js';
import { LoginChallenges } from './login/login-challenges.js';
import { CheckSecondFactor } from './mfa/check-second-factor.js';
import { DisableMfa } from './mfa/disable-mfa.js';
import { EnrollMfa } from './mfa/enroll-mfa.js';
import { MfaMessages } from './mfa/mfa.messages.js';
import { MfaRepository } from './mfa/mfa.repository.js';
import { VerifyMfa } from './mfa/verify-mfa.js';
import { AdmitPerson } from './oidc/admit-person.js';
import { BeginOidcLogin } from './oidc/begin-oidc-login.js';
import { FinishOidcLogin } from './oidc/finish-oidc-login.js';
import { ManageOidcProviders } from './oidc/manage-oidc-providers.js';
import { OidcClients } from './oidc/oidc-clients.js';
import { OidcIdentitiesRepository } from './oidc/oidc-identities.repository.js';
import { OidcProvidersRepository } from './oidc/oidc-providers.repository.js';
import { OidcMessages } from './oidc/oidc.messages.js';
import { ChangeOrganization } from './organization/change-organization.js';
import { OrganizationMessages } from './organization/organization.messages.js';
import { ChangePassword } from './passwords/change-password.js';
import { ConfirmPassword } from './passwords/confirm-password.js';
import { IssuePasswordReset } from './passwords/issue-password-reset.js';
import { Passwords } from './passwords/passwords.js';
import { PasswordsMessages } from './passwords/passwords.messages.js';
import { PasswordsRepository } from './passwords/passwords.repository.js';
import { RequestPasswordReset } from './passwords/request-password-reset.js';
import { ResetLinks } from './passwords/reset-links.js';
import { ResetPassword } from './passwords/reset-password.js';
import { SetPassword } from './passwords/set-password.js';
import { ChangeRoles } from './roles/change-roles.js';
import { RoleMembersRepository } from './roles/role-members.repository.js';
import { RolesMessages } from './roles/roles.messages.js';
import { RolesRepository } from './roles/roles.repository.js';
import { Sealing } from './sealing/sealing.js';
import { CheckSession } from './sessions/check-session.js';
import { CloseSession } from './sessions/close-session.js';
import { ForgetExpired } from './sessions/forget-expired.js';
import { IssueTokens } from './sessions/issue-tokens.js';
import { ListSessions } from './sessions/list-sessions.js';
import { OpenSession } from './sessions/open-session.js';
import { RefreshSession } from './sessions/refresh-session.js';
import { RevokeSessions } from './sessions/revoke-sessions.js';
import { SessionsMessages } from './sessions/sessions.messages.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { StartSession } from './sessions/start-session.js';
import { RotateSigningKeys } from './signing-keys/rotate-signing-keys.js';
import { SigningKeysMessages } from './signing-keys/signing-keys.messages.js';
import { SigningKeysRepository } from './signing-keys/signing-keys.repository.js';
import { SystemScopeRepository } from './system-scope.repository.js';
import { AttemptLimit } from './throttle/attempt-limit.js';
import { LoginThrottle } from './throttle/login-throttle.js';
import { ChangeAccess } from './users/change-access.js';
import { ChangeUser } from './users/change-user.js';
import { ReadUsers } from './users/read-users.js';
import { SetRoles } from './users/set-roles.js';
import { UsersMessages } from './users/users.messages.js';
import { UsersRepository } from './users/users.repository.js';

@Module({
  controllers: [
    AccountsMessages,
    ApiKeysMessages,
    AuditMessages,
    InvitationsMessages,
    MfaMessages,
    OidcMessages,
    OrganizationMessages,
    PasswordsMessages,
    RolesMessages,
    SessionsMessages,
    SigningKeysMessages,
    UsersMessages,
  ],
  providers: [
    AcceptInvitation,
    AccessChanges,
    AccountsRepository,
    AdmitPerson,
    ApiKeyUses,
    ApiKeysRepository,
    AppendAudit,
    AttemptLimit,
    AuditRepository,
    BeginAudit,
    BeginOidcLogin,
    ChangeAccess,
    ChangeOrganization,
    ChangePassword,
    ChangeRoles,
    ChangeUser,
    CheckSecondFactor,
    CheckSession,
    CloseSession,
    CompleteLogin,
    ConfirmPassword,
    DisableMfa,
    EnrollMfa,
    FinishOidcLogin,
    ForgetExpired,
    GetMe,
    InvitationsRepository,
    InviteUser,
    IssuePasswordReset,
    IssueTokens,
    ListAudit,
    ListSessions,
    LoginChallenges,
    LoginThrottle,
    ManageApiKeys,
    ManageOidcProviders,
    MfaRepository,
    OidcClients,
    OidcIdentitiesRepository,
    OidcProvidersRepository,
    OpenSession,
    OwnersRepository,
    Passwords,
    PasswordsRepository,
    ReadUsers,
    RedeemApiKey,
    RefreshSession,
    RegisterUser,
    RequestPasswordReset,
    ResetLinks,
    ResetPassword,
    RevokeSessions,
    RoleMembersRepository,
    RolesRepository,
    RotateSigningKeys,
    Sealing,
    SessionsRepository,
    SetPassword,
    SetRoles,
    SigningKeysRepository,
    StartSession,
    SystemScopeRepository,
    UsersRepository,
    VerifyAudit,
    VerifyMfa,
  ],
})
export class AuthModule {}
