import { defineCommand } from '../messages/define-command.js';
import { IsKey, JsonField } from '../messages/fields.js';

export class FindByCredentialRequest {
  @IsKey()
  key!: string;
}

export class FindCredentialUsersReply {
  /** Whose draft or published version names the credential; the first 200. */
  @JsonField()
  data!: { id: string; key: string; name: string; draft: boolean; published: boolean }[];
}

export const findCredentialUsers = defineCommand({
  subject: 'rpc.workflows.v1.workflow.find-by-credential',
  owner: 'workflows',
  summary: 'Tell which workflows name a credential',
  access: { services: ['credentials-vault'] },
  request: FindByCredentialRequest,
  reply: FindCredentialUsersReply,
  example: {
    request: { key: 'shop_api' },
    reply: {
      data: [
        { id: '0198c1f0-0000-7000-8000-000000000001', key: 'orders', name: 'Orders', draft: true, published: true },
      ],
    },
  },
});
