import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { TriggerSourceStatus } from '@rpa/contracts';
import type { CheckResult } from '@rpa/platform';
import type { TriggerSource } from './define-trigger.js';
import { TRIGGER_TYPES } from './trigger-types.js';

/** The sources of all types, as one. */
@Injectable()
export class TriggerSources {
  private readonly sources: { type: string; source: TriggerSource }[] = [];

  constructor(private readonly modules: ModuleRef) {}

  async start(): Promise<void> {
    for (const { descriptor, source } of TRIGGER_TYPES) {
      if (!source) continue;
      const running = this.modules.get<TriggerSource>(source, { strict: false });
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
