import { Injectable } from '@nestjs/common';
import type {
  CheckCredentialKeysReply,
  CheckCredentialKeysRequest,
  CredentialView,
  ListCredentialsReply,
  ListCredentialsRequest,
  ListCredentialVersionsReply,
  Principal,
} from '@rpa/contracts';
import { organizationOf } from '@rpa/platform';
import { CredentialHealthRepository } from './credential-health.repository.js';
import { toView } from './credential-view.js';
import { CredentialsRepository } from './credentials.repository.js';
import { assertShared, maySee } from './sharing.js';

@Injectable()
export class ReadCredentials {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly health: CredentialHealthRepository,
  ) {}

  async get(principal: Principal | null, id: string): Promise<CredentialView> {
    const organizationId = organizationOf(principal);
    const credential = await this.credentials.get(organizationId, id);
    assertShared(credential, principal);
    return toView(credential, (await this.health.read(organizationId, [id])).get(id) ?? null);
  }

  /** Those that are not shared with who asks are left out; a page may hold fewer rows than its limit. */
  async list(principal: Principal | null, request: ListCredentialsRequest): Promise<ListCredentialsReply> {
    const organizationId = organizationOf(principal);
    const { data, nextCursor } = await this.credentials.page(organizationId, request);
    const shared = data.filter((row) => principal?.kind === 'service' || (principal && maySee(row, principal)));
    const health = await this.health.read(
      organizationId,
      shared.map((row) => row.id),
    );
    return { data: shared.map((row) => toView(row, health.get(row.id) ?? null)), nextCursor };
  }

  async versions(principal: Principal | null, id: string): Promise<ListCredentialVersionsReply> {
    const organizationId = organizationOf(principal);
    const credential = await this.credentials.get(organizationId, id);
    assertShared(credential, principal);
    const versions = await this.credentials.versions(organizationId, id);
    return { data: versions.map((row) => ({ ...row, current: row.version === credential.version })) };
  }

  /** Which of the keys nobody has, and which are not shared with the person in whose name is asked. */
  async check(
    principal: Principal | null,
    { keys, user }: CheckCredentialKeysRequest,
  ): Promise<CheckCredentialKeysReply> {
    const known = await this.credentials.known(organizationOf(principal), keys);
    const names = new Set(known.map((row) => row.key));
    return {
      missing: [...new Set(keys)].filter((key) => !names.has(key)),
      notShared: user ? known.filter((row) => !maySee(row, user)).map((row) => row.key) : [],
    };
  }
}
