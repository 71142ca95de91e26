import { waitFor } from '../launch-system.js';
import type { Client } from '../client.js';
import { must, type Organization } from './organization.js';

/** The first path parameter of everything below a collection, e.g. `/workflows` to a workflow's id. */
export type Rows = Record<string, string>;

/** Collections whose parameter names no row of an organization, with the reason. */
export const NO_ROWS: Record<string, string> = {
  '/step-types': 'the catalog is the same for all',
  '/events': 'a channel is a name within the organization of the one who asks',
  '/auth/oidc': 'how somebody signs in, before there is a caller',
};

const WORKFLOW = {
  format: 1,
  steps: [{ id: 'hold', type: 'wait_for_signal', config: { name: 'go', timeout: '1h' } }],
};

/** Its output is over 32 KiB, and so a file. */
const LARGE = {
  format: 1,
  steps: [{ id: 'large', type: 'transform', config: { value: "{{ 'x'.repeat(40000) }}" } }],
};

const ASKING = { format: 1, steps: [{ id: 'ask', type: 'approval', config: { title: 'Pay?' } }] };

interface Run {
  steps: { output: { $file: { id: string } } }[];
}

/** One row in every collection; `mark` stands in each name, to be looked for in the lists of others. */
export async function plantRows({ people }: Organization, mark: string): Promise<Rows> {
  const { owner, viewer } = people;
  const id = async (path: string, body: unknown, status = 201): Promise<string> =>
    (await must<{ id: string }>(owner.post(path, body), status)).id;
  const workflow = await owner.publish(`${mark} workflow`, WORKFLOW);
  const trigger = {
    workflowId: workflow,
    name: `${mark} trigger`,
    type: 'event_bus',
    config: { channel: `${mark}.orders` },
  };
  const schedule = { workflowId: workflow, name: `${mark} schedule`, cron: '0 0 1 1 *' };
  const login = { issuer: 'https://login.example.com', clientId: mark, name: `${mark} login`, key: `${mark}_login` };
  const me = await must<{ user: { id: string } }>(viewer.get('/auth/me'), 200);
  const sessions = await must<{ data: { id: string }[] }>(owner.get('/auth/sessions'), 200);
  await must(owner.post('/roles', { key: `${mark}_role`, name: `${mark} role`, permissions: [] }), 201);
  const large = await owner.publish(`${mark} large`, LARGE);
  const asking = await owner.publish(`${mark} approval`, ASKING);
  const asked = await id(`/workflows/${asking}/execute`, { inputs: {} }, 202);
  const run = await must<Run>(owner.post(`/workflows/${large}/execute?wait=30s`, { inputs: {} }), 200);
  await must(owner.send('PUT', `/analytics/sla/${workflow}`, { maxDurationMs: 60_000 }), 200);
  await must(owner.send('PUT', `/organization/retention/workflows/${workflow}`, { days: 30 }), 200);
  return {
    '/workflows': workflow,
    '/executions': await id(`/workflows/${workflow}/execute`, { inputs: {} }, 202),
    '/triggers': await id('/triggers', trigger),
    '/schedules': await id('/schedules', schedule),
    '/credentials': await id('/credentials', {
      name: `${mark} credential`,
      key: `${mark}_credential`,
      type: 'api_key',
      data: { name: 'x-api-key', key: `${mark}-secret` },
    }),
    '/integrations': await id('/integrations', {
      name: `${mark} integration`,
      key: `${mark}_integration`,
      type: 'rest_api',
      baseUrl: 'https://api.example.com',
    }),
    '/event-publishers': await id('/event-publishers', { name: `${mark} publisher` }),
    '/api-keys': await id('/api-keys', { name: `${mark} key`, scopes: ['workflows:read'] }),
    '/invitations': await id('/invitations', { email: `${mark}@example.com`, roles: ['viewer'] }),
    '/organization/oidc-providers': await id('/organization/oidc-providers', login),
    '/executions/bulk': await id('/executions/bulk/cancel', { filter: { workflowId: large } }, 202),
    '/approvals': await approvalOf(owner, asked),
    '/files': run.steps[0]?.output.$file.id ?? '',
    '/analytics/workflows': workflow,
    '/analytics/sla': workflow,
    '/organization/retention/workflows': workflow,
    '/organization/legal-holds': await id('/organization/legal-holds', {
      reason: `${mark} hold`,
      workflowId: workflow,
    }),
    '/users': me.user.id,
    '/auth/sessions': sessions.data[0]?.id ?? '',
    '/roles': `${mark}_role`,
  };
}

/** The approval that a run asks for, as soon as it does. */
async function approvalOf(owner: Client, executionId: string): Promise<string> {
  let found: string | undefined;
  await waitFor(
    async () => {
      const { body } = await owner.get<{ data: { id: string; executionId: string }[] }>('/approvals');
      found = body.data.find((approval) => approval.executionId === executionId)?.id;
      return found !== undefined;
    },
    10_000,
    () => 'There is no approval.',
  );
  return found ?? '';
}
