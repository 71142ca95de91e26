import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.js';

/**
 * Where rows are written. A use case that is called inside another's transaction (an idempotent command opens one around
 * its handler) joins it, so that everything commits or nothing does.
 */
export class Transactions {
  private readonly running = new AsyncLocalStorage<{ manager: EntityManager | null }>();

  constructor(private readonly database: Database) {}

  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const joined = this.running.getStore()?.manager;
    if (joined) return work(joined);
    return this.database.dataSource.transaction(async (manager) => {
      const scope: { manager: EntityManager | null } = { manager };
      try {
        return await this.running.run(scope, () => work(manager));
      } finally {
        // What was begun here and goes on after the end gets connections of its own.
        scope.manager = null;
      }
    });
  }

  get isRunning(): boolean {
    return Boolean(this.running.getStore()?.manager);
  }

  /** Of the running transaction, or for single statements outside of one. */
  get manager(): EntityManager {
    return this.running.getStore()?.manager ?? this.database.dataSource.manager;
  }
}
