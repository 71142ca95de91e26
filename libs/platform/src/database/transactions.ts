import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.js';

/**
 * Where rows are written. A use case that is called inside another's transaction (an idempotent command opens one around
 * its handler) joins it, so that everything commits or nothing does.
 */
export class Transactions {
  private readonly running = new AsyncLocalStorage<EntityManager>();

  constructor(private readonly database: Database) {}

  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const joined = this.running.getStore();
    if (joined) return work(joined);
    return this.database.dataSource.transaction((manager) => this.running.run(manager, () => work(manager)));
  }

  /** Of the running transaction, or for single statements outside of one. */
  get manager(): EntityManager {
    return this.running.getStore() ?? this.database.dataSource.manager;
  }
}
