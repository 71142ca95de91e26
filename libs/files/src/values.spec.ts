import { describe, expect, it } from '@jest/globals';
import { AppError, type JsonValue } from '@rpa/contracts';
import {
  fileIdOf,
  insist,
  isLargerThan,
  jsonChunks,
  largeParts,
  readValue,
  referredFiles,
  toReference,
  withContents,
} from './index.js';

const LIMIT = 1_000;
const text = (length: number) => 'x'.repeat(length);
const organizationId = '0198c1f0-0000-7000-8000-000000000001';
const sha256 = 'ab'.repeat(32);
const file = (id: string, contentType = 'application/json') => ({ id, size: 1, contentType, sha256 });

describe('the size of values', () => {
  it('is exact at the limit, whatever has to be escaped', () => {
    const values: JsonValue[] = [
      text(998),
      'ü'.repeat(499),
      '\u0000'.repeat(166),
      '"'.repeat(499),
      Array.from({ length: 499 }, () => 1),
      { [text(498)]: text(495) },
      Array.from({ length: 60 }, () => -1.2345678901234),
      [new Date(0), true, false, null, {}, [], { a: {} }, NaN as never] as never,
      { when: new Date(0), gone: undefined } as never,
    ];
    for (const value of values) {
      const bytes = Buffer.byteLength(JSON.stringify(value));
      expect([bytes, isLargerThan(value, bytes)]).toEqual([bytes, false]);
      expect([bytes, isLargerThan(value, bytes - 1)]).toEqual([bytes, true]);
    }
  });
});

describe('large parts', () => {
  it('are none of what fits, all of what has no members, and the largest members of an object', () => {
    expect(largeParts({ a: text(900) }, LIMIT)).toBe('none');
    expect(largeParts([text(600), text(600)], LIMIT)).toBe('whole');
    expect(largeParts(text(1_000), LIMIT)).toBe('whole');
    expect(largeParts({ status: 200, body: text(5_000), note: text(100) }, LIMIT)).toEqual(['body']);
    const members = { a: text(4_000), b: text(9_000), c: 1 };
    expect(largeParts(members, 4 * LIMIT)).toEqual(['b', 'a']);
    const crowd = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m${index}`, text(20)]));
    expect(largeParts(crowd, LIMIT)).toBe('whole');
    expect(largeParts(crowd, LIMIT, true)).toEqual([]);
    expect(largeParts({ ...crowd, large: text(1_500) }, LIMIT, true)).toEqual(['large']);
  });
});

describe('JSON in pieces', () => {
  it.each([
    ['a text of pairs', '😀'.repeat(100_000)],
    ['halves of pairs', `${text(65_535)}\ud83d${text(70_000)}\ude00`],
    ['lists in lists', Array.from({ length: 300 }, (_, index) => [index, [text(900), null, { a: [] }]])],
    ['what JSON has not', { a: undefined, f: () => 1, d: new Date(0), n: NaN, l: [undefined, text(70_000)] }],
    ['small things', { a: 1 }],
    ['nothing', undefined],
  ])('is what JSON.stringify gives: %s', (_, value) => {
    expect(Buffer.concat([...jsonChunks(value)]).toString()).toBe(JSON.stringify(value) ?? 'null');
  });

  it('comes in pieces of bounded size, and ends for what holds itself', () => {
    for (const chunk of jsonChunks(text(10_000_000))) expect(chunk.length).toBeLessThan(200_000);
    const circle: unknown[] = [text(70_000)];
    circle.push(circle);
    expect(() => [...jsonChunks(circle)]).toThrow(TypeError);
    expect(() => [...jsonChunks([text(70_000), 1n])]).toThrow(TypeError);
  });
});

describe('references', () => {
  it('name a file by organization, content and type', () => {
    const id = fileIdOf({ organizationId, sha256, contentType: 'text/plain' });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(fileIdOf({ organizationId, sha256, contentType: 'text/plain' })).toBe(id);
    for (const other of [{ sha256: 'cd'.repeat(32) }, { contentType: 'text/html' }, { organizationId: 'other' }])
      expect(fileIdOf({ organizationId, sha256, contentType: 'text/plain', ...other })).not.toBe(id);
  });

  it('are found and replaced wherever they stand; what holds none is the same value', () => {
    const [one, two] = [1, 2].map((n) => `0198c1f0-0000-7000-8000-00000000000${n}`) as [string, string];
    const plain = { b: [1, { c: null }] };
    const value = { a: [toReference(file(one))], plain, x: { $file: { id: '../x' } }, y: toReference(file(two)) };
    expect(referredFiles(value)).toEqual(new Set([one, two]));
    const opened = withContents(value as unknown as JsonValue, new Map<string, JsonValue>([[one, [7]]]));
    expect(opened).toEqual({ ...value, a: [[7]] });
    expect((opened as { plain: object }).plain).toBe(plain);
    expect(withContents(plain, new Map())).toBe(plain);
  });

  it('stand for JSON or for text in the charset that is named', () => {
    const id = organizationId;
    expect(readValue(file(id, 'application/hal+json; charset=utf-8'), Buffer.from('{"a":1}'))).toEqual({ a: 1 });
    expect(readValue(file(id, 'text/plain; charset=iso-8859-1'), Buffer.from([0xfc]))).toBe('ü');
    expect(readValue(file(id, 'text/plain; charset=unheard'), Buffer.from('ü'))).toBe('ü');
    expect(() => readValue(file(id), Buffer.from('{"a":'))).toThrow(expect.objectContaining({ code: 'file_damaged' }));
  });
});

describe('insist', () => {
  it('repeats what passes while it is wanted, and nothing else', async () => {
    let calls = 0;
    const failing = (code: 'unavailable' | 'not_found', times: number) => async () => {
      if (++calls <= times) throw new AppError(code);
      return calls;
    };
    expect(await insist(() => true, failing('unavailable', 2))).toBe(3);
    calls = 0;
    await expect(insist(() => calls < 2, failing('unavailable', 9))).rejects.toMatchObject({ code: 'unavailable' });
    expect(calls).toBe(2);
    calls = 0;
    await expect(insist(() => true, failing('not_found', 9))).rejects.toMatchObject({ code: 'not_found' });
    expect(calls).toBe(1);
  });
});
