import { AsyncLocalStorage } from 'node:async_hooks';

export interface LogContext {
  requestId?: string;
  executionId?: string;
  organizationId?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Every log line written while `run` lasts carries these fields. */
export function withLogContext<T>(context: LogContext, run: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, run);
}

export function currentLogContext(): LogContext {
  return storage.getStore() ?? {};
}
