import { describe, expect, it } from '@jest/globals';
import { AppError } from './app-error.js';
import { ERRORS, errorStatus, isErrorCode, type ErrorCode } from './error-codes.js';

describe('AppError', () => {
  it('survives the wire with everything but its cause', () => {
    const error = new AppError('stale', 'Read it again.', {
      errors: [{ path: 'revision', code: 'stale', message: 'is 3' }],
      retryAfter: 2,
      cause: new Error('secret'),
    });
    const body = JSON.parse(JSON.stringify(error.toBody())) as ReturnType<AppError['toBody']>;
    expect(JSON.stringify(body)).not.toContain('secret');
    const back = AppError.fromBody(body);
    expect(back.toBody()).toEqual(error.toBody());
    expect(AppError.is(back)).toBe(true);
    expect(AppError.is(new Error('stale'))).toBe(false);
    expect(AppError.is(null)).toBe(false);
  });

  it('takes a code that it does not know, or a forged one, for internal', () => {
    for (const code of ['nonsense', 'constructor', '__proto__', 'toString', undefined])
      expect(AppError.fromBody({ code: code as ErrorCode }).code).toBe('internal');
  });

  it('says when to try again where that makes sense', () => {
    expect(new AppError('overloaded').retryAfter).toBe(1);
    expect(new AppError('not_found').retryAfter).toBeUndefined();
  });
});

describe('Error codes', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('%s has an HTTP status of an error and a title', (code) => {
    expect(errorStatus(code)).toBeGreaterThanOrEqual(400);
    expect(errorStatus(code)).toBeLessThan(600);
    expect(ERRORS[code].title).toMatch(/^[A-Z].*[^.]$/);
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(isErrorCode(code)).toBe(true);
  });
});
