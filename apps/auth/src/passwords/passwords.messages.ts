import { changePassword, issuePasswordReset, renewPassword, requestPasswordReset, resetPassword } from '@rpa/contracts';
import type {
  ByIdRequest,
  ChangePasswordRequest,
  DoneReply,
  IssuePasswordResetReply,
  LoginReply,
  RenewPasswordRequest,
  RequestPasswordResetRequest,
  ResetPasswordRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { clientOf, personOf } from '../asking.js';
import { ChangePassword } from './change-password.js';
import { IssuePasswordReset } from './issue-password-reset.js';
import { RequestPasswordReset } from './request-password-reset.js';
import { ResetPassword } from './reset-password.js';

@Messages()
export class PasswordsMessages {
  constructor(
    private readonly changing: ChangePassword,
    private readonly asking: RequestPasswordReset,
    private readonly resetting: ResetPassword,
    private readonly issuing: IssuePasswordReset,
  ) {}

  @Handles(changePassword)
  change(request: ChangePasswordRequest, context: MessageContext): Promise<DoneReply> {
    return this.changing.execute(request, personOf(context), clientOf(context));
  }

  @Handles(requestPasswordReset)
  forget({ email }: RequestPasswordResetRequest, context: MessageContext): Promise<DoneReply> {
    return this.asking.execute(email, clientOf(context));
  }

  @Handles(resetPassword)
  reset(request: ResetPasswordRequest): Promise<DoneReply> {
    return this.resetting.byLink(request);
  }

  @Handles(renewPassword)
  renew(request: RenewPasswordRequest, context: MessageContext): Promise<LoginReply> {
    return this.resetting.atLogin(request, clientOf(context));
  }

  @Handles(issuePasswordReset)
  issue({ id }: ByIdRequest, context: MessageContext): Promise<IssuePasswordResetReply> {
    return this.issuing.execute(personOf(context), id);
  }
}
