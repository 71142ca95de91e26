import { describe, expect, it } from '@jest/globals';
import { eventKey, readEvents } from './read-event.js';

const EVENT = { specversion: '1.0', id: '1', source: 'shop', type: 'order', subject: 's', data: { n: 1 } };
const ATTRIBUTES = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': 'shop',
  'ce-type': 'order',
  'ce-subject': 's',
};

describe('readEvents', () => {
  it('takes plain JSON as the payload, without a key of its own', () => {
    expect(readEvents({ n: 1 }, { 'x-a': 'b' })).toEqual([
      { payload: { n: 1 }, headers: { 'x-a': 'b' }, eventKey: null },
    ]);
    expect(readEvents([1, 2], {})).toEqual([{ payload: [1, 2], headers: {}, eventKey: null }]);
  });

  it('gives the same for structured, binary and batched CloudEvents', () => {
    const expected = { payload: { n: 1 }, headers: expect.objectContaining(ATTRIBUTES), eventKey: 'ce:["shop","1"]' };
    expect(readEvents(EVENT, {})).toEqual([expected]);
    expect(readEvents(EVENT, { 'content-type': 'application/cloudevents+json; charset=utf-8' })).toEqual([expected]);
    expect(readEvents({ n: 1 }, ATTRIBUTES)).toEqual([expected]);
    expect(readEvents([EVENT, EVENT], { 'content-type': 'application/cloudevents-batch+json' })).toEqual([
      expected,
      expected,
    ]);
  });

  it('reads data in base64, and an event without data', () => {
    const { data: _data, ...bare } = EVENT;
    const base64 = Buffer.from('{"n":1}').toString('base64');
    expect(readEvents({ ...bare, data_base64: base64 }, {})).toMatchObject([{ payload: { n: 1 } }]);
    expect(readEvents({ ...bare, datacontenttype: 'image/png', data_base64: base64 }, {})).toMatchObject([
      { payload: base64 },
    ]);
    expect(readEvents(bare, {})).toMatchObject([{ payload: null }]);
  });

  it('decodes percent signs in binary attributes', () => {
    expect(readEvents({}, { ...ATTRIBUTES, 'ce-source': 'caf%C3%A9', 'ce-id': '100%' })).toMatchObject([
      { eventKey: 'ce:["café","100%"]' },
    ]);
  });

  it.each([
    ['no id', { ...EVENT, id: undefined }, /no id/],
    ['an empty source', { ...EVENT, source: '' }, /no source/],
    ['another version', { ...EVENT, specversion: '0.3' }, /1\.0/],
    ['a list', [], /object/],
  ])('names the fault of a CloudEvent with %s', (_what, event, fault) => {
    const [read] = readEvents(event as never, { 'content-type': 'application/cloudevents+json' });
    expect(read?.fault).toMatch(fault);
  });

  it('bounds a batch', () => {
    const many = Array(101).fill(EVENT);
    expect(readEvents(many, { 'content-type': 'application/cloudevents-batch+json' })).toMatchObject([
      { fault: expect.stringMatching(/100 events/) },
    ]);
  });
});

describe('eventKey', () => {
  it('keeps parts apart, holds no control characters, and is bounded', () => {
    expect(eventKey('ce', ['a","b', 'c'])).not.toBe(eventKey('ce', ['a', 'b","c']));
    expect(eventKey('msg', ['a\u0000\ud800'])).toBe('msg:"a\\u0000\\ud800"');
    expect(eventKey('ce', ['x'.repeat(9_999), '1']).length).toBeLessThan(100);
    expect(eventKey('ce', ['x'.repeat(9_999), '1'])).not.toBe(eventKey('ce', ['x'.repeat(9_999), '2']));
  });
});
