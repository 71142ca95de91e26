import { describe, expect, it } from '@jest/globals';
import { cancelExecution, listExecutions, startExecution } from '@rpa/contracts';
import { assertIds, requestBuilder } from './build-request.js';
import { route, type RouteInput } from './define-route.js';
import { isKnown, revisionOf } from './preconditions.js';

const input = (more: Partial<RouteInput>): RouteInput => ({
  params: {},
  query: {},
  body: undefined,
  headers: {},
  ...more,
});
const code = (name: string, path?: string) =>
  expect.objectContaining({ code: name, ...(path && { errors: [expect.objectContaining({ path })] }) });

describe('requestBuilder', () => {
  it('joins body, query and path, the later ones winning', () => {
    const build = requestBuilder(route({ method: 'POST', path: '/executions/{id}/cancel', command: cancelExecution }));
    expect(build(input({ params: { id: 'path' }, body: { id: 'body', reason: 'why' } }))).toEqual({
      id: 'path',
      reason: 'why',
    });
    expect(build(input({ params: { id: 'path' } }))).toEqual({ id: 'path' });
  });

  it('makes numbers of query texts where the command has numbers, and leaves what is none to be refused', () => {
    const build = requestBuilder(route({ method: 'GET', path: '/executions', command: listExecutions }));
    expect(build(input({ query: { limit: '20', status: 'completed' } }))).toEqual({ limit: 20, status: 'completed' });
    expect(build(input({ query: { limit: '1e9' } }))).toEqual({ limit: '1e9' });
    expect(build(input({ query: { limit: ['1', '2'] } }))).toEqual({ limit: ['1', '2'] });
  });

  it('refuses query parameters that nobody knows, and a body that is no object', () => {
    const build = requestBuilder(route({ method: 'POST', path: '/x', command: cancelExecution }));
    expect(() => build(input({ query: { force: '1' } }))).toThrow(code('validation_failed', 'force'));
    for (const body of [[], 'text', 1, null]) expect(() => build(input({ body }))).toThrow(code('validation_failed'));
  });

  it('refuses hidden fields, wherever they come from, also when the route makes the request itself', () => {
    const build = requestBuilder(
      route({
        method: 'POST',
        path: '/workflows/{id}/execute',
        command: startExecution,
        hidden: ['dedupe', 'trigger'],
        request: ({ params, body }) => ({ ...(body as object), workflowId: params['id'] ?? '' }),
      }),
    );
    expect(build(input({ params: { id: 'w' }, body: { inputs: {} } }))).toEqual({ workflowId: 'w', inputs: {} });
    const body = { dedupe: { source: 'triggers', key: 'stolen' } };
    expect(() => build(input({ body }))).toThrow(code('validation_failed', 'dedupe'));
    expect(() => build(input({ query: { trigger: 'x' } }))).toThrow(code('validation_failed', 'trigger'));
  });

  it('hands the revision of If-Match on', () => {
    const build = requestBuilder(route({ method: 'PUT', path: '/x/{id}', command: cancelExecution, ifMatch: true }));
    expect(build(input({ headers: { 'if-match': '"7"' } }))).toEqual({ revision: 7 });
    expect(() => build(input({}))).toThrow(code('precondition_required'));
  });
});

describe('revisionOf', () => {
  it.each([
    ['"12"', 12],
    ['"abc"', 'abc'],
  ])('%s is %p', (header, revision) => expect(revisionOf(header)).toBe(revision));

  it.each([[undefined], ['*'], ['']])('%p names no revision', (header) => {
    expect(() => revisionOf(header)).toThrow(code('precondition_required'));
  });

  it.each(['12', 'W/"12"', '"1", "2"', '""'])('%p matches nothing', (header) => {
    expect(() => revisionOf(header)).toThrow(code('stale'));
  });
});

describe('isKnown', () => {
  it.each([
    ['"1"', true],
    ['W/"1"', true],
    ['"0", "1"', true],
    ['*', true],
    ['"2"', false],
    [undefined, false],
  ])('%p: %p', (header, known) => expect(isKnown(header, '"1"')).toBe(known));
});

describe('assertIds', () => {
  it('answers a malformed id like one that does not exist', () => {
    expect(() => assertIds({ id: '0198c1f0-0000-7000-8000-000000000001', key: 'anything' })).not.toThrow();
    for (const id of ['1', 'x'.repeat(36), "' OR 1=1", '0198C1F0-0000-7000-8000-000000000001'])
      expect(() => assertIds({ workflowId: id })).toThrow(code('not_found'));
  });
});
