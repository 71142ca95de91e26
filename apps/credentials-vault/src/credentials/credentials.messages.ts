import {
  checkCredentialKeys,
  createCredential,
  deleteCredential,
  getCredential,
  listCredentials,
  restoreCredential,
  updateCredential,
  type ByIdRequest,
  type CheckCredentialKeysReply,
  type CheckCredentialKeysRequest,
  type CreateCredentialRequest,
  type CredentialView,
  type DoneReply,
  type ListCredentialsReply,
  type ListCredentialsRequest,
  type UpdateCredentialRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { CreateCredential } from './create-credential.js';
import { toView } from './credential-view.js';
import { CredentialsRepository } from './credentials.repository.js';
import { UpdateCredential } from './update-credential.js';

@Messages()
export class CredentialsMessages {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly creating: CreateCredential,
    private readonly updating: UpdateCredential,
  ) {}

  @Handles(createCredential)
  create(request: CreateCredentialRequest, { principal }: MessageContext): Promise<CredentialView> {
    return this.creating.execute(organizationOf(principal), request);
  }

  @Handles(getCredential)
  async get({ id }: ByIdRequest, { principal }: MessageContext): Promise<CredentialView> {
    return toView(await this.credentials.get(organizationOf(principal), id));
  }

  @Handles(listCredentials)
  async list(request: ListCredentialsRequest, { principal }: MessageContext): Promise<ListCredentialsReply> {
    const { data, nextCursor } = await this.credentials.page(organizationOf(principal), request);
    return { data: data.map(toView), nextCursor };
  }

  @Handles(updateCredential)
  update(request: UpdateCredentialRequest, { principal }: MessageContext): Promise<CredentialView> {
    return this.updating.execute(organizationOf(principal), request);
  }

  @Handles(deleteCredential)
  async delete({ id }: ByIdRequest, { principal }: MessageContext): Promise<DoneReply> {
    await this.credentials.softDelete(organizationOf(principal), id);
    return {};
  }

  @Handles(restoreCredential)
  async restore({ id }: ByIdRequest, { principal }: MessageContext): Promise<CredentialView> {
    return toView(await this.credentials.restore(organizationOf(principal), id));
  }

  @Handles(checkCredentialKeys)
  async checkKeys(
    { keys }: CheckCredentialKeysRequest,
    { principal }: MessageContext,
  ): Promise<CheckCredentialKeysReply> {
    const known = new Set(await this.credentials.knownKeys(organizationOf(principal), keys));
    return { missing: [...new Set(keys)].filter((key) => !known.has(key)) };
  }
}
