import {
  confirmMfa,
  disableMfa,
  enrollMfa,
  mfaStatus,
  renewRecoveryCodes,
  resetUserMfa,
  verifyMfa,
} from '@rpa/contracts';
import type {
  ByIdRequest,
  DisableMfaRequest,
  DoneReply,
  EnrollMfaReply,
  EnrollMfaRequest,
  LoginReply,
  MfaStatusReply,
  MfaStatusRequest,
  RecoveryCodesReply,
  TotpCodeRequest,
  VerifyMfaRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { clientOf, personOf } from '../asking.js';
import { DisableMfa } from './disable-mfa.js';
import { EnrollMfa } from './enroll-mfa.js';
import { VerifyMfa } from './verify-mfa.js';

@Messages()
export class MfaMessages {
  constructor(
    private readonly enrolling: EnrollMfa,
    private readonly disabling: DisableMfa,
    private readonly verifying: VerifyMfa,
  ) {}

  @Handles(mfaStatus)
  status(_request: MfaStatusRequest, context: MessageContext): Promise<MfaStatusReply> {
    return this.enrolling.status(personOf(context));
  }

  @Handles(enrollMfa)
  enroll(request: EnrollMfaRequest, context: MessageContext): Promise<EnrollMfaReply> {
    return this.enrolling.begin(request, personOf(context), clientOf(context));
  }

  @Handles(confirmMfa)
  confirm({ code }: TotpCodeRequest, context: MessageContext): Promise<RecoveryCodesReply> {
    return this.enrolling.confirm(code, personOf(context));
  }

  @Handles(renewRecoveryCodes)
  renewCodes({ code }: TotpCodeRequest, context: MessageContext): Promise<RecoveryCodesReply> {
    return this.enrolling.renewCodes(code, personOf(context));
  }

  @Handles(disableMfa)
  disable(request: DisableMfaRequest, context: MessageContext): Promise<DoneReply> {
    return this.disabling.ownFactor(request, personOf(context), clientOf(context));
  }

  @Handles(resetUserMfa)
  resetOfUser({ id }: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    return this.disabling.ofUser(personOf(context), id);
  }

  @Handles(verifyMfa)
  verify(request: VerifyMfaRequest, context: MessageContext): Promise<LoginReply> {
    return this.verifying.execute(request, clientOf(context));
  }
}
