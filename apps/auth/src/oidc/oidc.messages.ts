import {
  beginOidcLogin,
  createOidcProvider,
  deleteOidcProvider,
  finishOidcLogin,
  getOidcProvider,
  listLoginProviders,
  listOidcProviders,
  updateOidcProvider,
} from '@rpa/contracts';
import type {
  BeginOidcLoginReply,
  BeginOidcLoginRequest,
  ByIdRequest,
  CreateOidcProviderRequest,
  DoneReply,
  FinishOidcLoginReply,
  FinishOidcLoginRequest,
  ListLoginProvidersReply,
  ListLoginProvidersRequest,
  ListOidcProvidersReply,
  ListOidcProvidersRequest,
  OidcProviderView,
  UpdateOidcProviderRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { clientOf, userOf } from '../asking.js';
import { BeginOidcLogin } from './begin-oidc-login.js';
import { FinishOidcLogin } from './finish-oidc-login.js';
import { ManageOidcProviders } from './manage-oidc-providers.js';

@Messages()
export class OidcMessages {
  constructor(
    private readonly managing: ManageOidcProviders,
    private readonly beginning: BeginOidcLogin,
    private readonly finishing: FinishOidcLogin,
  ) {}

  @Handles(listOidcProviders)
  list(_request: ListOidcProvidersRequest, context: MessageContext): Promise<ListOidcProvidersReply> {
    return this.managing.list(userOf(context));
  }

  @Handles(getOidcProvider)
  get({ id }: ByIdRequest, context: MessageContext): Promise<OidcProviderView> {
    return this.managing.get(userOf(context), id);
  }

  @Handles(createOidcProvider)
  create(request: CreateOidcProviderRequest, context: MessageContext): Promise<OidcProviderView> {
    return this.managing.create(userOf(context), request);
  }

  @Handles(updateOidcProvider)
  update(request: UpdateOidcProviderRequest, context: MessageContext): Promise<OidcProviderView> {
    return this.managing.update(userOf(context), request);
  }

  @Handles(deleteOidcProvider)
  remove({ id }: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    return this.managing.remove(userOf(context), id);
  }

  @Handles(listLoginProviders)
  listForLogin({ organization }: ListLoginProvidersRequest): Promise<ListLoginProvidersReply> {
    return this.beginning.list(organization);
  }

  @Handles(beginOidcLogin)
  begin(request: BeginOidcLoginRequest): Promise<BeginOidcLoginReply> {
    return this.beginning.execute(request);
  }

  @Handles(finishOidcLogin)
  finish(request: FinishOidcLoginRequest, context: MessageContext): Promise<FinishOidcLoginReply> {
    return this.finishing.execute(request, clientOf(context));
  }
}
