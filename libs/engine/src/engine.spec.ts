import { describe, expect, it } from '@jest/globals';
import { applyEvent, compileDefinition, foldRecord, pendingEffects, startRun } from './index.js';
import type { DispatchEffect, StartInput } from './index.js';

const START: StartInput = {
  executionId: 'run-1',
  organizationId: 'org-1',
  at: 1_700_000_000_000,
  workflow: { id: 'wf-1', key: 'orders', name: 'Orders', version: 1 },
  inputs: { orderId: '7' },
  trigger: { type: 'manual' },
};

const HTTP = { type: 'http_request', version: 1, sideEffect: { default: 'idempotent' as const } };

describe('the workflow of the contract', () => {
  it('runs to its end', () => {
    const plan = compileDefinition(
      {
        format: 1,
        variables: { attempts: 0 },
        output: '{{ steps.summary.output }}',
        steps: [
          {
            id: 'fetch',
            type: 'http_request',
            config: { method: 'GET', url: 'https://api.example.com/orders/{{ inputs.orderId }}' },
            when: "{{ inputs.orderId != '' }}",
            onError: { action: 'route', steps: ['alert'] },
            next: ['check'],
          },
          {
            id: 'check',
            type: 'condition',
            config: { expression: '{{ steps.fetch.output.body.items.length > 0 }}' },
            branches: { true: ['each'], false: ['alert'] },
          },
          {
            id: 'each',
            type: 'foreach',
            config: { items: '{{ steps.fetch.output.body.items }}', concurrency: 5, onItemError: 'fail' },
            steps: [{ id: 'one', type: 'transform', config: { value: '{{ item.price * 2 }}' } }],
            next: ['summary'],
          },
          { id: 'alert', type: 'log', join: 'any', config: { level: 'warn', message: 'order {{ inputs.orderId }}' } },
          { id: 'summary', type: 'transform', config: { value: '{{ steps.each.output.reduce((a, b) => a + b, 0) }}' } },
        ],
      },
      { stepTypes: [HTTP] },
    );
    const started = startRun(plan, START);
    const dispatch = started.effects[0] as DispatchEffect;
    expect(dispatch.config['url']).toBe('https://api.example.com/orders/7');
    expect(pendingEffects(plan, started.state)).toEqual([dispatch]);
    const outcome = { status: 'completed' as const, output: { body: { items: [{ price: 1 }, { price: 2 }] } } };
    const done = applyEvent(plan, started.state, {
      type: 'step_result',
      at: START.at + 5,
      path: 'fetch',
      attempt: 1,
      outcome,
    });
    expect(done.effects.at(-1)).toEqual({ type: 'end', status: 'completed', output: 6, error: null });
    const records = [...started.records, ...done.records];
    expect(records.map((record) => record.seq)).toEqual(records.map((_, index) => index + 1));
    let folded;
    for (const record of JSON.parse(JSON.stringify(records))) folded = foldRecord(plan, folded, record);
    expect(folded?.status).toBe('completed');
    expect(folded?.progress).toEqual({ settled: 5, total: 5 });
  });
});
