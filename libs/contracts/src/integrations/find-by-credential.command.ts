import { defineCommand } from '../messages/define-command.js';
import { IsKey, JsonField } from '../messages/fields.js';

export class FindIntegrationsByCredentialRequest {
  @IsKey()
  key!: string;
}

export class FindIntegrationsByCredentialReply {
  /** The first 200. */
  @JsonField()
  data!: { id: string; key: string; name: string }[];
}

export const findIntegrationsByCredential = defineCommand({
  subject: 'rpc.integrations.v1.integration.find-by-credential',
  owner: 'integrations',
  summary: 'Tell which integrations use a credential',
  access: { services: ['credentials-vault'] },
  request: FindIntegrationsByCredentialRequest,
  reply: FindIntegrationsByCredentialReply,
  example: {
    request: { key: 'shop_api' },
    reply: { data: [{ id: '0198c1f0-0000-7000-8000-000000000008', key: 'shop', name: 'Shop' }] },
  },
});
