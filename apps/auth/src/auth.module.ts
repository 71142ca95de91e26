import { Module } from '@nestjs/common';
import { AccountsMessages } from './accounts/accounts.messages.js';
import { AccountsRepository } from './accounts/accounts.repository.js';
import { GetMe } from './accounts/get-me.js';
import { RegisterUser } from './accounts/register-user.js';
import { AppendAudit } from './audit/append-audit.js';
import { AuditMessages } from './audit/audit.messages.js';
import { AuditRepository } from './audit/audit.repository.js';
import { BeginAudit } from './audit/begin-audit.js';
import { ListAudit } from './audit/list-audit.js';
import { VerifyAudit } from './audit/verify-audit.js';
import { Passwords } from './passwords/passwords.js';
import { CloseSession } from './sessions/close-session.js';
import { ForgetExpired } from './sessions/forget-expired.js';
import { IssueTokens } from './sessions/issue-tokens.js';
import { OpenSession } from './sessions/open-session.js';
import { RefreshSession } from './sessions/refresh-session.js';
import { SessionsMessages } from './sessions/sessions.messages.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SystemScopeRepository } from './system-scope.repository.js';
import { LoginThrottle } from './throttle/login-throttle.js';

@Module({
  controllers: [AccountsMessages, AuditMessages, SessionsMessages],
  providers: [
    AccountsRepository,
    AppendAudit,
    AuditRepository,
    BeginAudit,
    ListAudit,
    VerifyAudit,
    CloseSession,
    ForgetExpired,
    GetMe,
    IssueTokens,
    LoginThrottle,
    OpenSession,
    Passwords,
    RefreshSession,
    RegisterUser,
    SessionsRepository,
    SystemScopeRepository,
  ],
})
export class AuthModule {}
