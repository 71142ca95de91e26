import { describe, expect, it } from '@jest/globals';
import { AppError, ERRORS, type ErrorCode } from '@rpa/contracts';
import { QueryFailedError } from 'typeorm';
import { toProblem } from './problem.js';
import { isDatabaseAway, sqlState, toAppError } from './to-app-error.js';

const query = (code: string) =>
  new QueryFailedError('SELECT secret', ['hunter2'], Object.assign(new Error('x'), { code }));

describe('toAppError', () => {
  it.each([
    ['ECONNREFUSED', 'unavailable'],
    ['ECONNRESET', 'unavailable'],
    ['57P01', 'unavailable'],
    ['57P03', 'unavailable'],
    ['53300', 'unavailable'],
    ['08006', 'unavailable'],
    ['57014', 'overloaded'],
    ['55P03', 'overloaded'],
    ['23505', 'already_exists'],
    ['22021', 'validation_failed'],
    ['22P05', 'validation_failed'],
    ['42P01', 'internal'],
    ['23503', 'internal'],
  ])('takes the database code %s for %s, inside of TypeORM as well', (code, expected) => {
    expect(toAppError(Object.assign(new Error('x'), { code })).code).toBe(expected);
    expect(toAppError(query(code)).code).toBe(expected);
  });

  it('knows a lost connection by what pg says of it', () => {
    for (const message of ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])
      expect(isDatabaseAway(new Error(message))).toBe(true);
    expect(isDatabaseAway(new Error('something else'))).toBe(false);
    expect(sqlState(new Error('x'))).toBeNull();
  });

  it('tells nothing of the inside, whatever was thrown', () => {
    for (const thrown of [query('42P01'), new TypeError('hunter2'), 'hunter2', null, undefined, 5, { hunter2: 1 }]) {
      const error = toAppError(thrown);
      expect(error.code).toBe('internal');
      expect(JSON.stringify(error.toBody())).not.toMatch(/hunter2|SELECT/);
    }
  });

  it('leaves an error of ours as it is', () => {
    const error = new AppError('stale');
    expect(toAppError(error)).toBe(error);
  });
});

describe('Problem details', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('of %s are complete and hide the cause', (code) => {
    const problem = toProblem(new AppError(code, 'Why.', { cause: new Error('hunter2') }), 'trace');
    const { status, title } = ERRORS[code];
    expect(problem).toEqual({ type: `urn:rpa:error:${code}`, title, status, code, detail: 'Why.', traceId: 'trace' });
  });

  it('carry the faults', () => {
    const errors = [{ path: 'a', code: 'b', message: 'c' }];
    expect(toProblem(new AppError('validation_failed', 'x', { errors }), null).errors).toEqual(errors);
  });
});
