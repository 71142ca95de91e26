import { type Client, type Account } from '../client.js';

const PASSWORD = 'a long enough password 42';
export const ROLES = ['owner', 'admin', 'editor', 'operator', 'viewer', 'nobody'] as const;
export type Role = (typeof ROLES)[number];

/** An organization with one person for each role; `nobody` has a role of the organization's own that allows nothing. */
export interface Organization {
  id: string;
  slug: string;
  people: Record<Role, Client>;
}

export async function foundOrganization(anonymous: Client, name: string): Promise<Organization> {
  const { client: owner, account } = await anonymous.register(name);
  await must(owner.post('/roles', { key: 'nobody', name: 'Nobody', permissions: [] }), 201);
  const people: Partial<Record<Role, Client>> = { owner };
  for (const role of ROLES)
    if (role !== 'owner') people[role] = await invite(anonymous, owner, `${role}-${Date.now()}@example.com`, role);
  return { id: account.organization.id, slug: account.organization.slug, people: people as Record<Role, Client> };
}

async function invite(anonymous: Client, owner: Client, email: string, role: string): Promise<Client> {
  const { token } = await must<{ token: string }>(owner.post('/invitations', { email, roles: [role] }), 201);
  const person = { password: PASSWORD, firstName: role, lastName: 'Tester' };
  const session = await must<Account>(anonymous.post('/auth/invitations/accept', { token, ...person }), 201);
  return anonymous.as(session.accessToken);
}

/** The body of an answer that must have this status. */
export async function must<Body>(sent: Promise<{ status: number; body: unknown }>, status: number): Promise<Body> {
  const answer = await sent;
  if (answer.status !== status)
    throw new Error(`${status} was expected: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as Body;
}
