import { createApiKey, getApiKey, listApiKeys, redeemApiKey, revokeApiKey } from '@rpa/contracts';
import type {
  ApiKeyView,
  ByIdRequest,
  CreateApiKeyReply,
  CreateApiKeyRequest,
  DoneReply,
  ListApiKeysReply,
  ListRequest,
  RedeemApiKeyReply,
  RedeemApiKeyRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { personOf, userOf } from '../asking.js';
import { ManageApiKeys } from './manage-api-keys.js';
import { RedeemApiKey } from './redeem-api-key.js';

@Messages()
export class ApiKeysMessages {
  constructor(
    private readonly managing: ManageApiKeys,
    private readonly redeeming: RedeemApiKey,
  ) {}

  @Handles(createApiKey)
  create(request: CreateApiKeyRequest, context: MessageContext): Promise<CreateApiKeyReply> {
    return this.managing.create(personOf(context), request);
  }

  @Handles(listApiKeys)
  list(request: ListRequest, context: MessageContext): Promise<ListApiKeysReply> {
    return this.managing.list(userOf(context), request);
  }

  @Handles(getApiKey)
  get({ id }: ByIdRequest, context: MessageContext): Promise<ApiKeyView> {
    return this.managing.get(userOf(context), id);
  }

  @Handles(revokeApiKey)
  revoke({ id }: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    return this.managing.revoke(userOf(context), id);
  }

  @Handles(redeemApiKey)
  redeem(request: RedeemApiKeyRequest): Promise<RedeemApiKeyReply> {
    return this.redeeming.execute(request);
  }
}
