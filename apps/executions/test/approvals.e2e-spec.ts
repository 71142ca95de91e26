import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  approvalClosed,
  approvalRequested,
  cancelExecution,
  createApprovalLink,
  decideApproval,
  decideLinkedApproval,
  getApproval,
  getLinkedApproval,
  listApprovals,
  type ApprovalView,
  type JsonValue,
} from '@rpa/contracts';
import { eventually } from '@rpa/testing';
import { Client } from './support/replica.js';
import { Stage } from './support/stage.js';

let stage: Stage;
const others: Client[] = [];
beforeAll(async () => {
  stage = await Stage.open('executions approvals');
}, 60_000);
afterAll(async () => {
  await Promise.all(others.map((client) => client.close()));
  await stage.close();
});

const FORM = { type: 'object', properties: { amount: { type: 'integer', minimum: 1 } }, required: ['amount'] };
const steps = (config: object = {}): object[] => [
  {
    id: 'ask',
    type: 'approval',
    config: { title: 'Pay?', ...config },
    branches: { approved: ['yes'], rejected: ['no'] },
  },
  { id: 'yes', type: 'transform', config: { value: '{{ steps.ask.output }}' } },
  { id: 'no', type: 'transform', config: { value: 'refused' } },
];
const approvalOf = (executionId: string): Promise<ApprovalView> =>
  eventually(async () => {
    const { data } = await stage.client.send(listApprovals, { executionId });
    if (!data[0]) throw new Error('not asked yet');
    return data[0];
  }, 10_000);
const asked = async (config: object = {}): Promise<{ executionId: string; approval: ApprovalView }> => {
  const executionId = await stage.begin(steps(config));
  return { executionId, approval: await approvalOf(executionId) };
};
const decide = (id: string, decision: string, data?: JsonValue, by = stage.client) =>
  by.send(decideApproval, { id, decision, ...(data !== undefined && { data }) });
const member = async (roles: string[], permissions: never[] = []): Promise<Client> => {
  const client = await Client.person(stage.client.organizationId, permissions, roles);
  others.push(client);
  return client;
};
const tokenOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

describe('An approval', () => {
  it('is listed, decided once, and lets the run go on with what the form says', async () => {
    const told: string[] = [];
    stage.client.hear(approvalRequested, () => told.push('requested'));
    stage.client.hear(approvalClosed, () => told.push('closed'));
    const { executionId, approval } = await asked({ form: FORM, message: '**500 EUR**', timeout: '1h' });
    expect(approval).toMatchObject({
      executionId,
      path: 'ask',
      title: 'Pay?',
      message: '**500 EUR**',
      form: FORM,
      decisions: ['approved', 'rejected'],
      assignees: [],
      mayDecide: true,
      status: 'pending',
      test: false,
      expiresAt: expect.any(String),
    });
    const told422 = { code: 'validation_failed' };
    await expect(decide(approval.id, 'approved')).rejects.toMatchObject({
      ...told422,
      errors: [{ path: 'data' }],
    });
    await expect(decide(approval.id, 'approved', { amount: 0 })).rejects.toMatchObject(told422);
    await expect(decide(approval.id, 'maybe')).rejects.toMatchObject({ ...told422, errors: [{ path: 'decision' }] });
    const answers = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((amount) => decide(approval.id, 'approved', { amount })),
    );
    const taken = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    expect(taken).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'conflict' });
    const { output } = await stage.becomes(executionId, 'completed');
    expect(output).toEqual({ yes: { decision: 'approved', by: taken[0]?.decidedBy, data: taken[0]?.data } });
    expect(await stage.client.send(getApproval, { id: approval.id })).toMatchObject({
      status: 'decided',
      mayDecide: false,
    });
    expect((await stage.client.send(listApprovals, { status: 'pending', executionId })).data).toEqual([]);
    await eventually(() => expect(told).toEqual(['requested', 'closed']));
  });

  it('is decided by those whom it names, by role or user, and by nobody else', async () => {
    const finance = await member(['finance']);
    const stranger = await member(['sales']);
    const { executionId, approval } = await asked({ assignees: ['role:finance', `user:${randomUUID()}`] });
    expect(approval).toMatchObject({ mayDecide: false });
    await expect(decide(approval.id, 'approved')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(decide(approval.id, 'approved', undefined, stranger)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(stranger.send(getApproval, { id: approval.id })).rejects.toMatchObject({ code: 'forbidden' });
    const seen = (client: Client) => client.send(listApprovals, { executionId }).then(({ data }) => data.length);
    expect([await seen(finance), await seen(stranger)]).toEqual([1, 0]);
    expect((await stage.client.send(listApprovals, { executionId, mine: true })).data).toEqual([]);
    await decide(approval.id, 'rejected', undefined, finance);
    expect((await stage.becomes(executionId, 'completed')).output).toEqual({ no: 'refused' });
  });

  it('takes its default when nobody decides in time, or fails', async () => {
    const withDefault = await asked({ timeout: '1s', defaultDecision: 'rejected' });
    const without = await stage.begin([{ id: 'ask', type: 'approval', config: { title: 'Pay?', timeout: '1s' } }]);
    expect((await stage.becomes(withDefault.executionId, 'completed')).output).toEqual({ no: 'refused' });
    expect((await stage.becomes(without, 'failed')).error).toMatchObject({ code: 'approval_expired' });
    expect(await approvalOf(withDefault.executionId)).toMatchObject({
      status: 'expired',
      decision: 'rejected',
      decidedBy: null,
    });
    await expect(decide(withDefault.approval.id, 'approved')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is closed with its run', async () => {
    const { executionId, approval } = await asked();
    await stage.client.send(cancelExecution, { id: executionId });
    await stage.becomes(executionId, 'cancelled');
    expect(await approvalOf(executionId)).toMatchObject({ status: 'cancelled' });
    await expect(decide(approval.id, 'approved')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('does not exist for another organization', async () => {
    const { approval } = await asked();
    const other = await Client.person();
    others.push(other);
    await expect(other.send(getApproval, { id: approval.id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(decide(approval.id, 'approved', undefined, other)).rejects.toMatchObject({ code: 'not_found' });
    expect((await other.send(listApprovals, {})).data).toEqual([]);
  });

  it('is paged, newest first', async () => {
    const executionId = await stage.begin(
      ['a', 'b', 'c'].map((id) => ({ id, type: 'approval', config: { title: id, timeout: '1h' } })),
    );
    await stage.becomes(executionId, 'waiting');
    const first = await stage.client.send(listApprovals, { executionId, limit: 2 });
    const second = await stage.client.send(listApprovals, { executionId, limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.data, ...second.data].map(({ title }) => title).sort()).toEqual(['a', 'b', 'c']);
    expect(second.nextCursor).toBeNull();
    await expect(stage.client.send(listApprovals, { limit: 2, cursor: first.nextCursor ?? '' })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });
});

describe('A link to an approval', () => {
  it('lets anybody who has it decide once, and only what it says', async () => {
    const { executionId, approval } = await asked();
    const link = await stage.client.send(createApprovalLink, { id: approval.id, decision: 'approved' });
    const token = tokenOf(link.path);
    const anybody = await Client.nobody();
    others.push(anybody);
    for (let look = 0; look < 2; look++)
      expect(await anybody.send(getLinkedApproval, { token })).toMatchObject({
        title: 'Pay?',
        decisions: ['approved'],
      });
    await expect(anybody.send(decideLinkedApproval, { token, decision: 'rejected' })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    const uses = await Promise.allSettled(
      Array.from({ length: 5 }, () => anybody.send(decideLinkedApproval, { token, decision: 'approved' })),
    );
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { output } = await stage.becomes(executionId, 'completed');
    expect(output).toMatchObject({ yes: { by: `link:${link.id}` } });
    await expect(anybody.send(decideLinkedApproval, { token, decision: 'approved' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('is unguessable, kept as a hash, and ends with its time', async () => {
    const { approval } = await asked();
    const link = await stage.client.send(createApprovalLink, { id: approval.id });
    const token = tokenOf(link.path);
    const [row] = await stage.rows<{ found: boolean }>(
      `SELECT position($1 IN l::text) > 0 AS found FROM executions.approval_links l WHERE id = $2`,
      [token, link.id],
    );
    expect(row?.found).toBe(false);
    const anybody = await Client.nobody();
    others.push(anybody);
    const wrong = (token.startsWith('A') ? 'B' : 'A') + token.slice(1);
    await expect(anybody.send(getLinkedApproval, { token: wrong })).rejects.toMatchObject({ code: 'not_found' });
    await stage.rows('UPDATE executions.approval_links SET expires_at = now() WHERE id = $1', [link.id]);
    await expect(anybody.send(decideLinkedApproval, { token, decision: 'approved' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(anybody.send(getApproval, { id: approval.id })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('never outlives its approval, and needs the permission to be made', async () => {
    const { approval } = await asked({ timeout: '1h' });
    const link = await stage.client.send(createApprovalLink, { id: approval.id });
    expect(link.expiresAt).toBe(approval.expiresAt);
    const reader = await member(['viewer'], ['executions:read'] as never);
    await expect(reader.send(createApprovalLink, { id: approval.id })).rejects.toMatchObject({ code: 'forbidden' });
  });
});
