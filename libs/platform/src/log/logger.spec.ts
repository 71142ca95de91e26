import { describe, expect, it } from '@jest/globals';
import { AppError } from '@rpa/contracts';
import { QueryFailedError } from 'typeorm';
import { inSpan, startTracing } from '../trace/tracing.js';
import { withLogContext } from './log-context.js';
import { createLogger } from './logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): {
  line: string;
  entry: Record<string, unknown>;
} {
  const lines: string[] = [];
  write(createLogger({ service: 'auth', level: 'info', format: 'json' }, { write: (line) => void lines.push(line) }));
  return { line: lines.join(''), entry: JSON.parse(lines[0] ?? '{}') as Record<string, unknown> };
}

describe('Log', () => {
  it('never holds what is secret by its name, three levels deep', () => {
    const secret = 'hunter2';
    const { line } = logged((logger) => {
      const fields = ['password', 'accessToken', 'refreshToken', 'authorization', 'data', 'secret', 'token', 'key'];
      for (const field of fields)
        logger.info({ [field]: secret, a: { [field]: secret, b: { [field]: secret } } }, 'something');
    });
    expect(line).not.toContain(secret);
    expect(line).toContain('[secret]');
  });

  it('leaves out what a database error carries: parameters, statement, the row', () => {
    const driver = Object.assign(new Error('duplicate key value'), { code: '23505', detail: 'Key (email)=(hunter2)' });
    const failed = new QueryFailedError('INSERT INTO users VALUES ($1)', ['hunter2'], driver);
    const { line, entry } = logged((logger) =>
      logger.error({ err: new AppError('internal', 'Something failed', { cause: failed }) }, 'A command failed'),
    );
    expect(line).not.toContain('hunter2');
    expect(entry['err']).toMatchObject({ type: 'AppError', code: 'internal', cause: { code: '23505' } });
  });

  it('survives errors that are none, or that cause themselves', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    for (const err of [loop, null, undefined, 'text', 5, { password: 'hunter2' }])
      expect(logged((logger) => logger.error({ err }, 'odd')).line).not.toContain('hunter2');
  });

  it('carries service, request and trace', async () => {
    startTracing({ service: 'auth', otlpEndpoint: null });
    const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
    await inSpan('x', { traceparent }, async () => {
      const { entry } = withLogContext({ requestId: 'r1' }, () =>
        withLogContext({ organizationId: 'o1' }, () => logged((logger) => logger.info('hello'))),
      );
      const known = { level: 'info', service: 'auth', requestId: 'r1', organizationId: 'o1', msg: 'hello' };
      expect(entry).toMatchObject({ ...known, traceId: 'ab'.repeat(16) });
    });
  });
});
