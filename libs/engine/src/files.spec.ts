import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '@rpa/contracts';
import { gives, run, TestRun } from '../test/test-run.js';
import type { Filing } from './index.js';

const file = (id: string) => ({ $file: { id, size: 100_000, contentType: 'application/json', sha256: 'ab' } });

describe('values that lie in files', () => {
  it('are handed on closed when nothing reads them', () => {
    const it = run([
      { id: 'a', next: ['b'] },
      { id: 'b', config: { body: '{{ steps.a.output }}' } },
    ]);
    it.complete('a', file('f1'));
    expect(it.dispatchOf('b')?.config).toEqual({ body: file('f1') });
    expect(it.effectsOf('load')).toEqual([]);
  });

  it('are loaded when an expression reaches into one, and never journaled', () => {
    const it = run([
      { id: 'a', next: ['sum', 'len'] },
      gives('sum', '{{ steps.a.output.items.length }}', { next: ['after'] }),
      gives('len', '{{ JSON.stringify(steps.a.output).length }}'),
      { id: 'after' },
    ]);
    const { records, effects } = it.complete('a', { items: file('f1') });
    expect(records).toHaveLength(1);
    expect(effects).toEqual([{ type: 'load', fileIds: ['f1'] }]);
    expect(it.state.status).toBe('running');
    it.apply({ type: 'values_loaded', values: { f1: [1, 2, 3] } });
    expect([it.output('sum'), it.output('len')]).toEqual([3, '{"items":[1,2,3]}'.length]);
    expect(it.recordsOf('step_completed', 'a')[0]?.data['output']).toEqual({ items: file('f1') });
    expect(it.dispatched).toContain('after');
  });

  it('are loaded together when one refers to another', () => {
    const contents = { f1: [{ body: file('f2') }], f2: { n: 7, deep: file('f3') }, f3: [1, 2] };
    const reads = (value: string) => {
      const it = run([{ id: 'a', next: ['b'] }, gives('b', value)]);
      it.complete('a', file('f1'));
      const asked: string[][] = [];
      for (let load = it.effects.at(-1); load?.type === 'load'; load = it.effects.at(-1)) {
        asked.push(load.fileIds);
        const values = Object.fromEntries(load.fileIds.map((id) => [id, contents[id as 'f1']]));
        it.apply({ type: 'values_loaded', values });
      }
      return { output: it.output('b'), asked };
    };
    expect(reads('{{ steps.a.output[0].body.n + 1 }}')).toEqual({ output: 8, asked: [['f1'], ['f1', 'f2']] });
    expect(reads('{{ JSON.stringify(steps.a.output) }}')).toEqual({
      output: JSON.stringify([{ body: { n: 7, deep: [1, 2] } }]),
      asked: [['f1'], ['f1', 'f2'], ['f1', 'f2', 'f3']],
    });
  });

  it('a new owner asks again', () => {
    const it = run([{ id: 'a', next: ['b'] }, gives('b', '{{ steps.a.output.x }}')]);
    it.complete('a', file('f1'));
    it.effects.length = 0;
    expect(it.takeOver()).toEqual([{ type: 'continue' }]);
    expect(it.effectsOf('load')).toEqual([{ type: 'load', fileIds: ['f1'] }]);
    it.apply({ type: 'values_loaded', values: { f1: { x: 5 } } });
    expect(it.end?.output).toEqual({ b: 5 });
  });

  it('items of a foreach that lie in a file are loaded, also after the host has put them into one', () => {
    const steps = [
      {
        id: 'each',
        type: 'foreach',
        config: { items: '{{ inputs.list }}' },
        steps: [{ id: 'w', config: { item: '{{ item }}' } }],
      },
    ];
    const it = run(steps, {}, { inputs: { list: file('f1') } });
    expect(it.effects).toEqual([{ type: 'load', fileIds: ['f1'] }]);
    it.apply({ type: 'values_loaded', values: { f1: ['a', 'b'] } });
    expect(it.recordsOf('iterations_planned')[0]?.data).toMatchObject({ items: file('f1'), count: 2 });
    it.takeOver();
    it.complete('each.0.w', 0);
    expect(it.effects.at(-1)).toEqual({ type: 'load', fileIds: ['f1'] });
    it.apply({ type: 'values_loaded', values: { f1: ['a', 'b'] } });
    expect(it.dispatchOf('each.1.w')?.config).toEqual({ item: 'b' });
  });

  it('items whose file is gone read as null instead of being asked for again and again', () => {
    const steps = [
      {
        id: 'each',
        type: 'foreach',
        config: { items: '{{ inputs.list }}' },
        steps: [{ id: 'w', config: { i: '{{ item }}' } }],
      },
    ];
    const it = run(steps, {}, { inputs: { list: file('f1') } });
    it.apply({ type: 'values_loaded', values: { f1: ['a', 'b'] } });
    it.takeOver();
    it.complete('each.0.w');
    expect(it.apply({ type: 'values_loaded', values: { f1: null } }).effects).toMatchObject([{ type: 'dispatch' }]);
    expect(it.dispatchOf('each.1.w')?.config).toEqual({ i: null });
  });

  it('the output of the run waits for them too', () => {
    const it = new TestRun({ output: '{{ steps.a.output.x }}', steps: [{ id: 'a', type: 'work' }] });
    it.complete('a', file('f1'));
    expect(it.end).toBeUndefined();
    it.apply({ type: 'values_loaded', values: { f1: { x: 'deep' } } });
    expect(it.end?.output).toBe('deep');
  });
});

/** Puts texts and lists longer than 20 into files, members of objects that keep their shape too. */
function cabinet() {
  const filed = new Map<string, JsonValue>();
  const put: Filing = (value, keepShape) => {
    if (JSON.stringify(value).length <= 20 || Object.hasOwn(Object(value), '$file')) return value;
    if (keepShape && typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, put(member, false)]));
    const id = `f:${JSON.stringify(value).slice(0, 40)}`;
    filed.set(id, value);
    return file(id);
  };
  return { filed, put };
}

describe('values that are too large for the journal', () => {
  const long = 'x'.repeat(50);
  const answer = (it: TestRun, { filed }: ReturnType<typeof cabinet>) => {
    const load = it.effectsOf('load').at(-1)!;
    it.apply({ type: 'values_loaded', values: Object.fromEntries(load.fileIds.map((id) => [id, filed.get(id)!])) });
  };

  it('stand in files in every record, in the state, and in what workers and the caller get', () => {
    const cabin = cabinet();
    const it = new TestRun(
      {
        variables: { note: '{{ inputs.text }}' },
        output: '{{ steps.copy.output }}',
        steps: [
          gives('copy', '{{ inputs.text + "!" }}', { next: ['keep'] }),
          {
            id: 'keep',
            type: 'set_variable',
            config: { name: 'kept', value: '{{ steps.copy.output }}' },
            next: ['send'],
          },
          { id: 'send', type: 'work', config: { body: '{{ variables.kept }}', small: 1 } },
        ],
      },
      { inputs: { text: long, small: 1 }, trigger: { type: 'webhook', payload: [long] } },
      cabin.put,
    );
    const [started] = it.recordsOf('execution_started');
    expect(started?.data).toMatchObject({
      inputs: { text: { $file: {} }, small: 1 },
      trigger: { type: 'webhook', payload: { $file: {} } },
      variables: { note: { $file: {} } },
    });
    answer(it, cabin);
    expect(it.output('copy')).toHaveProperty('$file');
    expect(it.recordsOf('variable_updated')[0]?.data).toMatchObject({ name: 'kept', value: it.output('copy') });
    expect(it.dispatchOf('send')?.config).toEqual({ body: it.output('copy'), small: 1 });
    it.complete('send', [long]);
    expect(it.end?.output).toEqual(it.output('copy'));
    expect(it.recordsOf('execution_completed')[0]?.data).toEqual({ output: it.output('copy') });
    expect(JSON.stringify(it.records.map((record) => record.data))).not.toContain(`"${long}`);
    expect(cabin.filed.get((it.end?.output as { $file: { id: string } }).$file.id)).toBe(`${long}!`);
  });

  it('a list that a foreach goes through is opened again by whoever takes over', () => {
    const cabin = cabinet();
    const list = Array.from({ length: 30 }, (_, index) => index);
    const it = new TestRun(
      {
        output: '{{ sum(steps.each.output) }}',
        steps: [
          {
            id: 'each',
            type: 'foreach',
            config: { items: '{{ inputs.list }}' },
            steps: [gives('one', '{{ item * 2 }}')],
          },
        ],
      },
      { inputs: { list } },
      cabin.put,
    );
    answer(it, cabin);
    expect(it.recordsOf('iterations_planned')[0]?.data).toMatchObject({ items: { $file: {} }, count: 30 });
    for (let turns = 0; !it.end && turns < 10; turns++) answer(it, cabin);
    expect(it.end?.output).toBe(30 * 29);
  });

  it('a file that cannot be read fails what needs it, with the reason', () => {
    const fault = { code: 'value_too_large', message: 'too much' };
    const steps = [
      { id: 'a', next: ['b'] },
      gives('b', '{{ steps.a.output.x }}', { onError: 'continue', next: ['each'] }),
      {
        id: 'each',
        type: 'foreach',
        config: { items: '{{ steps.a.output }}' },
        steps: [gives('one', '{{ item }}')],
      },
    ];
    const it = run(steps);
    it.complete('a', file('f1'));
    it.apply({ type: 'values_loaded', values: {}, faults: { f1: fault } });
    expect(it.recordsOf('step_failed', 'b')[0]?.data).toMatchObject({ error: fault });
    expect(it.end).toMatchObject({ status: 'failed', error: { ...fault, stepPath: 'each' } });
  });

  it('items that are damaged when the run is taken over end their loop', () => {
    const steps = [
      {
        id: 'each',
        type: 'foreach',
        config: { items: '{{ inputs.list }}' },
        steps: [{ id: 'w', config: { i: '{{ item }}' } }],
      },
    ];
    const it = run(steps, {}, { inputs: { list: file('f1') } });
    it.apply({ type: 'values_loaded', values: { f1: ['a', 'b'] } });
    it.takeOver();
    it.complete('each.0.w');
    it.apply({ type: 'values_loaded', values: {}, faults: { f1: { code: 'file_damaged', message: 'gone' } } });
    expect(it.end).toMatchObject({ status: 'failed', error: { code: 'file_damaged', stepPath: 'each' } });
  });
});
