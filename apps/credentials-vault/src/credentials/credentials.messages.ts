import {
  checkCredentialKeys,
  createCredential,
  deleteCredential,
  getCredential,
  listCredentials,
  listCredentialTypes,
  listCredentialVersions,
  restoreCredential,
  rollbackCredential,
  rotateCredential,
  testCredential,
  getCredentialUsage,
  updateCredential,
  type ByIdRequest,
  type CheckCredentialKeysReply,
  type CheckCredentialKeysRequest,
  type CreateCredentialRequest,
  type CredentialUsageReply,
  type CredentialView,
  type DoneReply,
  type ListCredentialsReply,
  type ListCredentialsRequest,
  type ListCredentialTypesReply,
  type ListCredentialTypesRequest,
  type ListCredentialVersionsReply,
  type RollbackCredentialRequest,
  type RotateCredentialRequest,
  type TestCredentialReply,
  type UpdateCredentialRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { CreateCredential } from './create-credential.js';
import { credentialTypes } from './credential-types.js';
import { DeleteCredential } from './delete-credential.js';
import { ReadCredentials } from './read-credentials.js';
import { ReadUsage } from './read-usage.js';
import { RotateCredential } from './rotate-credential.js';
import { TestCredential } from './test-credential.js';
import { UpdateCredential } from './update-credential.js';

@Messages()
export class CredentialsMessages {
  constructor(
    private readonly reading: ReadCredentials,
    private readonly creating: CreateCredential,
    private readonly updating: UpdateCredential,
    private readonly deleting: DeleteCredential,
    private readonly rotating: RotateCredential,
    private readonly testing: TestCredential,
    private readonly usage: ReadUsage,
  ) {}

  @Handles(createCredential)
  create(request: CreateCredentialRequest, { principal }: MessageContext): Promise<CredentialView> {
    return this.creating.execute(principal, request);
  }

  @Handles(getCredential)
  get({ id }: ByIdRequest, { principal }: MessageContext): Promise<CredentialView> {
    return this.reading.get(principal, id);
  }

  @Handles(listCredentials)
  list(request: ListCredentialsRequest, { principal }: MessageContext): Promise<ListCredentialsReply> {
    return this.reading.list(principal, request);
  }

  @Handles(listCredentialTypes)
  async listTypes(_request: ListCredentialTypesRequest): Promise<ListCredentialTypesReply> {
    return { data: credentialTypes() };
  }

  @Handles(listCredentialVersions)
  listVersions({ id }: ByIdRequest, { principal }: MessageContext): Promise<ListCredentialVersionsReply> {
    return this.reading.versions(principal, id);
  }

  @Handles(updateCredential)
  update(request: UpdateCredentialRequest, { principal }: MessageContext): Promise<CredentialView> {
    return this.updating.execute(principal, request);
  }

  @Handles(rotateCredential)
  rotate(request: RotateCredentialRequest, { principal }: MessageContext): Promise<CredentialView> {
    return this.rotating.execute(principal, request);
  }

  @Handles(rollbackCredential)
  rollback({ id, version }: RollbackCredentialRequest, { principal }: MessageContext): Promise<CredentialView> {
    return this.rotating.rollback(principal, id, version);
  }

  @Handles(testCredential)
  test({ id }: ByIdRequest, { principal }: MessageContext): Promise<TestCredentialReply> {
    return this.testing.execute(principal, id);
  }

  @Handles(getCredentialUsage)
  readUsage({ id }: ByIdRequest, { principal }: MessageContext): Promise<CredentialUsageReply> {
    return this.usage.execute(principal, id);
  }

  @Handles(deleteCredential)
  delete({ id }: ByIdRequest, { principal }: MessageContext): Promise<DoneReply> {
    return this.deleting.execute(principal, id);
  }

  @Handles(restoreCredential)
  restore({ id }: ByIdRequest, { principal }: MessageContext): Promise<CredentialView> {
    return this.deleting.restore(principal, id);
  }

  @Handles(checkCredentialKeys)
  checkKeys(request: CheckCredentialKeysRequest, { principal }: MessageContext): Promise<CheckCredentialKeysReply> {
    return this.reading.check(principal, request);
  }
}
