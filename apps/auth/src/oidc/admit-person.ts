import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import type { OidcProviderEntity } from '@rpa/entities/auth';
import { Audit, CONFIG, Transactions } from '@rpa/platform';
import { AccessChanges } from '../access/access-changes.js';
import type { Account } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import type { AuthConfig } from '../auth.config.js';
import { RoleMembersRepository } from '../roles/role-members.repository.js';
import { RolesRepository } from '../roles/roles.repository.js';
import { OidcIdentitiesRepository } from './oidc-identities.repository.js';
import type { Person } from './person-of-claims.js';

/** Finds the user whom a provider vouches for, or makes one, and gives them the roles of their groups. */
@Injectable()
export class AdmitPerson {
  constructor(
    @Inject(CONFIG) private readonly config: AuthConfig,
    private readonly identities: OidcIdentitiesRepository,
    private readonly accounts: AccountsRepository,
    private readonly roles: RolesRepository,
    private readonly members: RoleMembersRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  async execute(provider: OidcProviderEntity, person: Person): Promise<Account> {
    const { organizationId } = provider;
    const { account, changed } = await this.transactions.run(async () => {
      const userId =
        (await this.identities.findUser(organizationId, provider.id, person.subject)) ??
        (await this.linkByEmail(provider, person)) ??
        (await this.createUser(provider, person));
      const account = await this.accounts.find(organizationId, userId);
      if (!account || account.deactivatedAt) throw new AppError('forbidden', 'Your account is not active here.');
      const roles = await this.rolesToGive(provider, person, account);
      if (!roles) return { account, changed: false };
      await this.members.set(organizationId, userId, roles);
      await this.audit.record({
        action: 'user.roles_changed',
        organizationId,
        resource: { type: 'user', id: userId, name: account.email },
        before: { roles: account.roles },
        after: { roles, provider: provider.key },
      });
      return { account: await this.accounts.get(organizationId, userId), changed: true };
    });
    if (changed) this.changes.tell(organizationId, 'user', [account.userId]);
    return account;
  }

  /** Only an address that the provider has verified: with any other one could claim to be somebody. */
  private async linkByEmail({ organizationId, id }: OidcProviderEntity, person: Person): Promise<string | null> {
    if (!person.email || person.emailVerified !== true) return null;
    const userId = await this.identities.findUserByEmail(organizationId, person.email);
    if (userId) await this.link(organizationId, userId, id, person);
    return userId;
  }

  private async createUser(provider: OidcProviderEntity, person: Person): Promise<string> {
    const { organizationId } = provider;
    if (!provider.createUsers || this.config.registration === 'closed')
      throw new AppError('forbidden', 'You have no account here, and this provider makes none.');
    if (!person.email || person.emailVerified === false)
      throw new AppError('forbidden', 'The provider tells no verified e-mail address of yours.');
    const roles = await this.rolesOf(provider, person);
    if (roles.length === 0) throw noRole();
    const { email, firstName, lastName } = person;
    const userId = await this.accounts.createUser(
      organizationId,
      { email, passwordHash: null, firstName, lastName },
      roles,
    );
    await this.audit.record({
      action: 'user.created',
      organizationId,
      actor: { kind: 'user', id: userId },
      resource: { type: 'user', id: userId, name: email },
      after: { roles, provider: provider.key },
    });
    await this.link(organizationId, userId, provider.id, person);
    return userId;
  }

  private link(organizationId: string, userId: string, providerId: string, person: Person): Promise<void> {
    return this.identities.link(organizationId, userId, providerId, person.subject);
  }

  /** Null when they stay as they are. Owners keep theirs: a provider must not lock an organization out of itself. */
  private async rolesToGive(
    provider: OidcProviderEntity,
    person: Person,
    { roles: present }: Account,
  ): Promise<string[] | null> {
    if (provider.groupMappings.length === 0 || present.includes('owner')) return null;
    const roles = await this.rolesOf(provider, person);
    if (roles.length === 0) throw noRole();
    return [...roles].sort().join() === [...present].sort().join() ? null : roles;
  }

  /** Of the person's groups, else the default; roles that were removed since count for nothing. */
  private async rolesOf(provider: OidcProviderEntity, { groups }: Person): Promise<string[]> {
    const mapped = provider.groupMappings.filter(({ group }) => groups.includes(group)).map(({ role }) => role);
    const known = new Set((await this.roles.all(provider.organizationId)).map(({ key }) => key));
    const wanted = mapped.length > 0 ? mapped : provider.defaultRoles;
    return [...new Set(wanted)].filter((key) => known.has(key));
  }
}

function noRole(): AppError {
  return new AppError('forbidden', 'None of your groups has a role here.');
}
