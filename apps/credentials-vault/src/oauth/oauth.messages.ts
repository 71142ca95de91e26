import {
  beginConnect,
  finishConnect,
  type BeginConnectReply,
  type ByIdRequest,
  type CredentialView,
  type FinishConnectRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { ConnectCredential } from './connect-credential.js';

@Messages()
export class OAuthMessages {
  constructor(private readonly connecting: ConnectCredential) {}

  @Handles(beginConnect)
  begin({ id }: ByIdRequest, { principal }: MessageContext): Promise<BeginConnectReply> {
    return this.connecting.begin(principal, id);
  }

  @Handles(finishConnect)
  finish(request: FinishConnectRequest, { principal }: MessageContext): Promise<CredentialView> {
    return this.connecting.finish(principal, request);
  }
}
