import { describe, expect, it } from '@jest/globals';
import { gives, run, T0 } from '../test/test-run.js';

describe('Names', () => {
  it('inputs, variables, env, trigger, execution, workflow and now can be read', () => {
    const it = run(
      [
        gives('all', {
          input: '{{ inputs.orderId }}',
          variable: '{{ variables.attempts }}',
          env: '{{ env.REGION }}',
          trigger: '{{ [trigger.type, trigger.payload.a, trigger.headers["x-id"]] }}',
          execution: '{{ [execution.id, execution.startedAt] }}',
          workflow: '{{ [workflow.id, workflow.key, workflow.name, workflow.version] }}',
          now: '{{ now }}',
        }),
      ],
      { variables: { attempts: 2 } },
      {
        inputs: { orderId: 'o-1' },
        env: { REGION: 'eu' },
        trigger: { type: 'webhook', payload: { a: 1 }, headers: { 'x-id': '9' } },
      },
    );
    const time = new Date(T0).toISOString();
    expect(it.output('all')).toEqual({
      input: 'o-1',
      variable: 2,
      env: 'eu',
      trigger: ['webhook', 1, '9'],
      execution: ['0197-run', time],
      workflow: ['wf-1', 'orders', 'Orders', 3],
      now: time,
    });
  });

  it('steps.<id>.{output,status,error,attempt}: output null while unsettled, skipped or failed', () => {
    const it = run([
      { id: 'slow' },
      gives('skipped', 1, { when: false }),
      { id: 'bad', onError: 'continue', retry: { maxAttempts: 2, delay: '1s', jitter: false }, next: ['read'] },
      gives('read', '{{ [steps.bad.output, steps.bad.status, steps.bad.error.code, steps.bad.attempt] }}'),
    ]);
    it.fail('bad', { retryable: true });
    it.fire('retry:bad:1');
    it.fail('bad', { retryable: true }, 2);
    expect(it.output('read')).toEqual([null, 'failed', 'broken', 2]);
    it.complete('slow');
  });

  it('Outer steps can be read from inside', () => {
    const it = run([
      gives('rate', 3, { next: ['each'] }),
      {
        id: 'each',
        type: 'foreach',
        config: { items: [1, 2] },
        steps: [
          {
            id: 'inner',
            type: 'foreach',
            config: { items: ['{{ item }}'] },
            steps: [gives('x', '{{ item * steps.rate.output }}')],
          },
        ],
      },
    ]);
    expect(it.output('each')).toEqual([[3], [6]]);
  });

  it('values are journaled, so that now and random values never change', () => {
    const it = run([gives('a', '{{ [now, uuid()] }}', { next: ['b'] }), { id: 'b' }]);
    const before = it.output('a');
    it.at += 1_000_000;
    it.takeOver();
    expect(it.output('a')).toEqual(before);
    const again = run([gives('a', '{{ [now, uuid()] }}', { next: ['b'] }), { id: 'b' }]);
    expect(again.output('a')).toEqual(before);
  });
});

describe('Variables', () => {
  it('one set a run; set_variable evaluates and writes in one turn, in journal order', () => {
    const count = { name: 'n', value: '{{ variables.n + 1 }}' };
    const it = run(
      [
        {
          id: 'each',
          type: 'foreach',
          config: { items: [1, 2, 3, 4], concurrency: 4 },
          steps: [
            { id: 'w', next: ['inc'] },
            { id: 'inc', type: 'set_variable', config: count },
          ],
          next: ['read'],
        },
        gives('read', '{{ variables.n }}'),
      ],
      { variables: { n: 0 } },
    );
    for (const index of [2, 0, 3, 1]) it.complete(`each.${index}.w`);
    expect(it.output('read')).toBe(4);
    expect(it.recordsOf('variable_updated').map((record) => record.data['value'])).toEqual([1, 2, 3, 4]);
  });

  it('unset reads null', () => {
    const it = run([gives('a', '{{ [variables.nope, variables.nope === null] }}')]);
    expect(it.output('a')).toEqual([null, true]);
  });

  it('initial values may read the start', () => {
    const it = run(
      [gives('a', '{{ variables.id }}')],
      { variables: { id: '{{ inputs.x }}-1' } },
      { inputs: { x: 'o' } },
    );
    expect(it.output('a')).toBe('o-1');
    const bad = run([gives('a', 1)], { variables: { id: '{{ inputs.x.y.z }}' } });
    expect(bad.end).toMatchObject({ status: 'failed', error: { code: 'expression_failed' } });
  });

  it('a name that is none fails the step', () => {
    const it = run([{ id: 'a', type: 'set_variable', config: { name: '{{ "__proto__" }}', value: { polluted: 1 } } }]);
    expect(it.end?.error?.code).toBe('config_invalid');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('Values', () => {
  it('are JSON; undefined alone is null, in mixed text the empty string; objects in mixed text are JSON', () => {
    const it = run(
      [gives('a', { alone: '{{ inputs.no }}', text: '<{{ inputs.no }}>', object: 'x={{ inputs.o }}' })],
      {},
      { inputs: { o: { a: 1 } } },
    );
    expect(it.output('a')).toEqual({ alone: null, text: '<>', object: 'x={"a":1}' });
  });

  it('what JSON has not becomes what JSON.stringify makes of it', () => {
    const it = run([gives('a', '{{ [0 / 0, new Date(0)] }}')]);
    expect(it.output('a')).toEqual([null, '1970-01-01T00:00:00.000Z']);
  });

  it('data is never a template', () => {
    const it = run(
      [gives('a', '{{ inputs.text }}', { next: ['b'] }), gives('b', 'got {{ steps.a.output }}')],
      {},
      { inputs: { text: '{{ 1 + 1 }}' } },
    );
    expect(it.output('a')).toBe('{{ 1 + 1 }}');
    expect(it.output('b')).toBe('got {{ 1 + 1 }}');
  });
});

describe('The output of a run', () => {
  it('default: an object with the outputs of the completed last steps, by id', () => {
    const it = run([gives('a', 1, { next: ['b', 'c'] }), gives('b', 2), gives('c', 3, { when: false }), gives('d', 4)]);
    expect(it.end?.output).toEqual({ b: 2, d: 4 });
  });

  it('is the output template when there is one; an error in it fails the run', () => {
    expect(run([gives('a', 1)], { output: '{{ steps.a.output + 1 }}' }).end?.output).toBe(2);
    expect(run([gives('a', 1)], { output: '{{ steps.a.output.x.y }}' }).end).toMatchObject({
      status: 'failed',
      error: { code: 'output_failed' },
    });
  });
});
