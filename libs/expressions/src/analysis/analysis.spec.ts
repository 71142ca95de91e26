import { describe, expect, it } from '@jest/globals';
import { checkExpression, completionsAt, hoverAt } from '../index.js';
import type { DataSchema } from '../index.js';

const schema: DataSchema = {
  type: 'object',
  properties: {
    inputs: { type: 'object', properties: { orderId: { type: 'string', description: 'Number of the order.' } } },
    steps: {
      type: 'object',
      additionalProperties: false,
      properties: {
        fetch: {
          type: 'object',
          properties: {
            output: {
              type: 'object',
              additionalProperties: false,
              properties: {
                status: { type: 'integer' },
                items: {
                  type: 'array',
                  items: { type: 'object', properties: { name: { type: 'string' }, price: { type: 'number' } } },
                },
              },
            },
          },
        },
      },
    },
  },
};
const options = { schema, roots: ['inputs', 'steps', 'now'] };

const messages = (source: string): string[] =>
  checkExpression(source, options).diagnostics.map(({ message, line, column }) => `${line}:${column} ${message}`);

describe('checkExpression', () => {
  it.each([
    ['steps.fetch.output.status + 1', 'number'],
    ['steps.fetch.output.items.map(i => i.name)', 'array of string'],
    ['steps.fetch.output.items.filter(i => i.price > 1)[0].name', 'string'],
    ['steps.fetch.output.items.find(i => i.price > 1)?.price ?? 0', 'number'],
    ['inputs.orderId ? 1 : null', 'number or null'],
    ['`a${inputs.orderId}`', 'string'],
    ['formatDate(now)', 'string'],
    ['steps[inputs.orderId]', 'any'],
    ['(({ price: p }) => p)(steps.fetch.output.items[0])', 'number'],
    ['Math.max(1, 2)', 'number'],
    ['steps.fetch.output.items.reduce((sum, i) => sum + i.price, 0)', 'any'],
  ])('%s gives %s', (source, type) => {
    expect(checkExpression(source, options)).toMatchObject({ valid: true, type, diagnostics: [] });
  });

  it.each([
    ['step.fetch', "1:1 'step' is not defined. Did you mean 'steps'?"],
    ['inputs.orderID', "1:8 There is no property 'orderID'. Did you mean 'orderId'?"],
    ['1 +\n steps.fetch.output.state', "2:21 There is no property 'state'. Did you mean 'status'?"],
    ['steps.fetch.output.zzz', "1:20 There is no property 'zzz'. Known: status, items."],
    ['steps.fetch.output.items.map(i => i.prise)', "1:37 There is no property 'prise'. Did you mean 'price'?"],
    [
      'steps.fetch.output.items.name',
      "1:26 A value of type array has no property 'name'. Its items have one: map(x => x.name).",
    ],
    ['steps.fetch.output.status.trim()', "1:27 number values have no method 'trim'."],
    ['inputs.orderId.repalce("a", "b")', "1:16 There is no method 'repalce'. Did you mean 'replace'?"],
    ['formatDat(now)', "1:1 There is no function 'formatDat'. Did you mean 'formatDate'?"],
    ['Math.flor(1)', "1:1 Math.flor is not available. Did you mean 'floor'?"],
    ['1 +', '1:4 Unexpected end of the expression.'],
    ['a = 1', '1:1 An expression cannot assign; use == or === to compare.'],
  ])('%s: %s', (source, message) => {
    expect(messages(source)).toEqual([message]);
  });

  it('says nothing about a property that an open schema does not name and nothing resembles', () => {
    expect(messages('inputs.customer')).toEqual([]);
  });

  it('lists what an expression reads', () => {
    expect(checkExpression("steps.fetch.output['items'][0]?.name + inputs[now]", options).references).toEqual([
      { root: 'steps', path: ['fetch', 'output', 'items', 0, 'name'], line: 1, column: 1 },
      { root: 'inputs', path: [], line: 1, column: 40 },
      { root: 'now', path: [], line: 1, column: 47 },
    ]);
  });
});

describe('completionsAt', () => {
  const labels = (source: string): string[] =>
    completionsAt(source, source.length, options).items.map(({ label }) => label);

  it('offers roots and functions where a name begins', () => {
    expect(labels('1 + ste')).toEqual(['steps']);
    expect(labels('form')).toEqual(['formatDate']);
    expect(labels('')).toEqual(expect.arrayContaining(['inputs', 'steps', 'now', 'groupBy', 'parseInt', 'Math']));
  });

  it('offers the properties and methods of a value of known type', () => {
    expect(labels('steps.fetch.output.')).toEqual(expect.arrayContaining(['status', 'items']));
    expect(labels('steps.fetch.output.items.fi')).toEqual(expect.arrayContaining(['filter', 'find']));
    expect(labels('steps.fetch.output.items.fi')).not.toContain('endsWith');
    expect(labels('steps.fetch.output.items[0].na')).toEqual(['name']);
    expect(labels('Math.fl')).toEqual(['floor']);
  });

  it('knows the parameters of the function around it', () => {
    expect(labels('steps.fetch.output.items.filter(i => i.pr')).toEqual(['price']);
    expect(labels('steps.fetch.output.items.map(item => ite')).toEqual(['item']);
  });

  it('works in the middle of a source', () => {
    const source = 'inputs.or + 1';
    expect(completionsAt(source, 'inputs.or'.length, options)).toEqual({
      from: 7,
      items: [{ label: 'orderId', kind: 'property', detail: 'string', documentation: 'Number of the order.' }],
    });
  });
});

describe('hoverAt', () => {
  it.each([
    ['groupBy(inputs, "a")', 2, 'groupBy(list, key): object'],
    ['inputs.orderId.trim()', 16, 'trim(): string'],
    ['steps.fetch.output.items', 20, 'items: array of object'],
    ['inputs.orderId', 9, 'orderId: string'],
    ['Math.round(1)', 6, 'round(x): number'],
    ['constructor', 2, 'constructor: any'],
  ])('%s at %i shows %s', (source, offset, detail) => {
    expect(hoverAt(source, offset, options)).toMatchObject({ detail });
  });
});
