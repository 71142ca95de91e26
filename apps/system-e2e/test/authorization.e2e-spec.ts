import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMANDS, PERMISSIONS, SYSTEM_ROLES, type Permission } from '@rpa/contracts';
import { connectBus, type Bus } from '@rpa/messaging';
import { provisionSecrets } from '@rpa/platform';
import { readOperations, type Operation } from '../src/authorization/operations.js';
import { foundOrganization, must, ROLES, type Organization, type Role } from '../src/authorization/organization.js';
import { NO_ROWS, plantRows, type Rows } from '../src/authorization/rows.js';
import { Client, type Answer } from '../src/client.js';
import { launchSystem, removeData, type System } from '../src/launch-system.js';

const PREFIX = '/api/v1';
const AT_ONCE = 8;
/** Second and later path parameters: what a waiting run of the planted workflow has. */
const INNER: Record<string, string> = { name: 'go', path: 'hold', version: '1', n: '1', provider: 'none' };
/** What an operation has to be asked besides. */
const QUERY: Record<string, string> = { '/api/v1/workflows/{id}/diff': '?from=1&to=1' };
/** 403 for an API key with the operation's own permission, too. */
const MORE_THAN_A_KEY = new Set([
  // Its example grants roles, which nobody may who has not their permissions.
  'PUT /api/v1/organization/oidc-providers/{id}',
  // How somebody signs in is changed by a person.
  'DELETE /api/v1/users/{id}/mfa',
  'POST /api/v1/users/{id}/password-reset',
]);
const IF_MATCH = { 'if-match': '"1"' };

const permissionsOf = (role: Role): readonly Permission[] => (role === 'nobody' ? [] : SYSTEM_ROLES[role]);
const collectionOf = (path: string): string => path.slice(PREFIX.length, path.indexOf('/{'));
const isOnRow = (operation: Operation): boolean => operation.path.includes('{');

function fill(path: string, first: string): string {
  let index = 0;
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) =>
    index++ === 0 ? first : (INNER[name] ?? randomUUID()),
  );
  return filled + (QUERY[path] ?? '');
}

/** Runs them a few at a time, in order. */
async function each<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const rest = [...items];
  const line = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
}

const send = (client: Client, { method, body }: Operation, path: string): Promise<Answer> =>
  client.send(method, path, method === 'GET' || method === 'DELETE' ? undefined : (body ?? {}), IF_MATCH);

let system: System;
let operations: Operation[];
let guarded: Operation[];
let ours: Organization;
let theirs: Organization;
let rows: Rows;

beforeAll(async () => {
  system = await launchSystem();
  const anonymous = new Client(system.url);
  operations = (await readOperations(anonymous)).filter(({ path }) => path.startsWith(PREFIX));
  guarded = operations.filter((operation) => operation.permission !== null);
  ours = await foundOrganization(anonymous, 'Ours');
  theirs = await foundOrganization(anonymous, 'Theirs');
  rows = await plantRows(theirs, 'foreign');
}, 120_000);

afterAll(async () => {
  await system.stop();
  removeData(system);
});

describe('every operation', () => {
  it('is known with its permission', () => {
    expect(guarded.length).toBeGreaterThan(60);
    expect(operations.filter(({ anonymous }) => !anonymous).length).toBeGreaterThan(guarded.length);
  });

  it('refuses whoever has not signed in, unless it is anonymous', async () => {
    const open: string[] = [];
    await each(
      operations.filter(({ anonymous }) => !anonymous),
      async (operation) => {
        const { status } = await send(new Client(system.url), operation, fill(operation.path, randomUUID()));
        if (status !== 401) open.push(`${operation.method} ${operation.path}: ${status}`);
      },
    );
    expect(open).toEqual([]);
  });

  it.each(ROLES)(
    'does for the role %s what its permissions allow, and nothing else',
    async (role) => {
      const allowed = new Set<string>(permissionsOf(role));
      const wrong: string[] = [];
      await each(guarded, async (operation) => {
        const mayIt = allowed.has(operation.permission ?? '');
        // What changes the organization itself would end the walk for the others.
        if (mayIt && !isOnRow(operation) && operation.method !== 'GET') return;
        const { status, body } = await send(ours.people[role], operation, fill(operation.path, randomUUID()));
        const refused = status === 403 && body['code'] === 'forbidden';
        if (refused === mayIt || status === 401 || status >= 500)
          wrong.push(`${operation.method} ${operation.path}: ${status} ${JSON.stringify(body)}`);
      });
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it('does for an API key what its scopes allow, and nothing else', async () => {
    const { owner } = ours.people;
    const wrong: string[] = [];
    const scopes = (Object.keys(PERMISSIONS) as Permission[]).filter((permission) =>
      guarded.some((operation) => operation.permission === permission),
    );
    for (const scope of scopes) {
      const { key } = await must<{ key: string }>(owner.post('/api-keys', { name: scope, scopes: [scope] }), 201);
      const client = new Client(system.url).withKey(key);
      await each(guarded, async (operation) => {
        const mayIt = operation.permission === scope;
        if (mayIt && !isOnRow(operation) && operation.method !== 'GET') return;
        if (mayIt && MORE_THAN_A_KEY.has(`${operation.method} ${operation.path}`)) return;
        const { status } = await send(client, operation, fill(operation.path, randomUUID()));
        if ((status === 403) === mayIt || status === 401 || status >= 500)
          wrong.push(`${scope}: ${operation.method} ${operation.path}: ${status}`);
      });
    }
    expect(wrong).toEqual([]);
  }, 240_000);
});

describe('rows of another organization', () => {
  const onRows = (): Operation[] =>
    operations.filter(
      (operation) => isOnRow(operation) && !operation.anonymous && !(collectionOf(operation.path) in NO_ROWS),
    );

  it('are planted for every collection', () => {
    const missing = new Set(onRows().map(({ path }) => collectionOf(path)));
    for (const collection of Object.keys(rows)) missing.delete(collection);
    expect([...missing]).toEqual([]);
  });

  it('do not exist for its owner, whatever is done with them, and stay as they are', async () => {
    const reads = onRows().filter(({ method, path }) => method === 'GET' && path.endsWith('}'));
    const readAll = async (): Promise<Record<string, string>> => {
      const found: Record<string, string> = {};
      await each(reads, async ({ path }) => {
        const answer = await theirs.people.owner.get(fill(path, rows[collectionOf(path)] ?? ''));
        found[path] = JSON.stringify([answer.status, answer.body]);
      });
      return found;
    };
    const before = await readAll();
    expect(Object.entries(before).filter(([, answer]) => !answer.startsWith('[200,'))).toEqual([]);
    const leaks: string[] = [];
    await each(onRows(), async (operation) => {
      const path = fill(operation.path, rows[collectionOf(operation.path)] ?? '');
      const { status, body } = await send(ours.people.owner, operation, path);
      if (status !== 404) leaks.push(`${operation.method} ${operation.path}: ${status} ${JSON.stringify(body)}`);
    });
    expect(leaks).toEqual([]);
    expect(await readAll()).toEqual(before);
  }, 120_000);

  it('stand in no list, and no filter finds them', async () => {
    const lists = operations.filter(
      ({ method, anonymous, path }) => method === 'GET' && !anonymous && !path.includes('{'),
    );
    const marks = ['foreign', theirs.id, theirs.slug, ...Object.values(rows)];
    const leaks: string[] = [];
    await each(lists, async ({ path }) => {
      for (const query of ['', `?workflowId=${rows['/workflows']}`]) {
        const { status, body } = await ours.people.owner.get(`${path}${query}`);
        const text = status < 300 ? JSON.stringify(body) : '';
        for (const mark of marks) if (text.includes(mark)) leaks.push(`${path}${query}: ${mark}`);
      }
    });
    expect(leaks).toEqual([]);
  }, 60_000);

  it('cannot be named by what one makes oneself', async () => {
    const { owner } = ours.people;
    const trigger = { workflowId: rows['/workflows'], name: 'Mine', type: 'event_bus', config: { channel: 'orders' } };
    expect((await owner.post('/triggers', trigger)).body).toMatchObject({
      status: 422,
      errors: [{ path: 'workflowId' }],
    });
    const step = { id: 'call', type: 'http_request', config: { method: 'GET', url: 'https://x.example' } };
    const steps = [{ ...step, credential: 'foreign_credential' }];
    expect((await owner.post('/workflows', { name: 'Mine', definition: { format: 1, steps } })).status).toBe(422);
    const { id } = await must<{ id: string }>(
      owner.post('/invitations', { email: 'x@example.com', roles: ['viewer'] }),
      201,
    );
    expect(id).not.toBe(rows['/invitations']);
    expect((await owner.post('/invitations', { email: 'y@example.com', roles: ['foreign_role'] })).status).not.toBe(
      201,
    );
  });
});

describe('every service by itself', () => {
  let bus: Bus;
  beforeAll(async () => {
    const { natsPasswords } = provisionSecrets(join(system.dataDir, 'secrets'));
    bus = await connectBus({
      service: 'gateway',
      servers: [system.natsUrl],
      user: 'gateway',
      password: natsPasswords['gateway'] ?? '',
    });
  });
  afterAll(() => bus.close());

  it('refuses a command without its permission, though the gateway let it through', async () => {
    const commands = COMMANDS.filter(({ access }) => 'permission' in access);
    expect(commands.length).toBeGreaterThan(60);
    const wrong: string[] = [];
    await each(commands, async (command) => {
      const answer = await bus.request(command, command.example.request, { principal: ours.people.nobody.bearer }).then(
        () => 'done',
        (error: { code?: string }) => String(error.code),
      );
      if (answer !== 'forbidden') wrong.push(`${command.subject}: ${answer}`);
    });
    expect(wrong).toEqual([]);
  }, 60_000);

  it('refuses people what only services may, and anybody without a principal', async () => {
    const wrong: string[] = [];
    await each(COMMANDS, async (command) => {
      const { access } = command;
      const forPeople = 'permission' in access || 'authenticated' in access || 'public' in access;
      const principals = [...('public' in access ? [] : [undefined]), ...(forPeople ? [] : [ours.people.owner.bearer])];
      for (const principal of principals) {
        const answer = await bus
          .request(command, command.example.request, { timeoutMs: 2_000, ...(principal && { principal }) })
          .then(
            () => 'done',
            (error: { code?: string }) => String(error.code),
          );
        if (!['forbidden', 'unauthenticated'].includes(answer)) wrong.push(`${command.subject}: ${answer}`);
      }
    });
    expect(wrong.filter((line) => !/: (unavailable|timeout)$/.test(line))).toEqual([]);
  }, 120_000);
});
