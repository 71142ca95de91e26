import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { TriggerSourceStatus } from '@rpa/contracts';
import type { CheckResult } from '@rpa/platform';
import type { SharedSource } from './trigger-source.js';
import { TRIGGER_TYPES } from './trigger-types.js';

/** What brings in events for all triggers of a type, of all types, as one. */
@Injectable()
export class TriggerSources {
  private readonly sources: { type: string; source: SharedSource }[] = [];

  constructor(private readonly modules: ModuleRef) {}

  async start(): Promise<void> {
    for (const { descriptor, shared } of TRIGGER_TYPES) {
      if (!shared) continue;
      const running = this.modules.get<SharedSource>(shared, { strict: false });
      this.sources.push({ type: descriptor.type, source: running });
      await running.start();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.sources.map(({ source }) => source.stop()));
  }

  status(): TriggerSourceStatus[] {
    return this.sources.map(({ type, source }) => ({ type, ...source.status() }));
  }

  check(): CheckResult {
    const broken = this.status().filter((source) => !source.ok);
    if (broken.length === 0) return { ok: true };
    return { ok: false, reason: broken.map(({ type, reason }) => `${type}: ${reason}`).join('; ') };
  }
}
