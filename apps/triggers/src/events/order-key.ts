import { Injectable } from '@nestjs/common';
import { compileTemplate, ExpressionError, type CompiledTemplate } from '@rpa/expressions';
import { LRUCache } from 'lru-cache';
import { toTrigger } from '../inbox/trigger-scope.js';
import { TRIGGER_ROOTS } from '../triggers/check-template.js';
import type { IncomingEvent } from './accept-events.js';

const CACHED = 1_000;
const MAX_KEY = 500;

/** Events with the same order key go to a trigger one after the other. */
@Injectable()
export class OrderKeys {
  private readonly compiled = new LRUCache<string, CompiledTemplate>({ max: CACHED });

  /** Null where no order is asked for. An expression that fails gives all such events one key: in order, rather than not. */
  of(trigger: { id: string; orderBy: string | null }, { channel, event }: IncomingEvent): string | null {
    if (trigger.orderBy === null || event.fault !== undefined) return null;
    const template = this.compiled.get(trigger.orderBy) ?? compileTemplate(trigger.orderBy, { roots: TRIGGER_ROOTS });
    this.compiled.set(trigger.orderBy, template);
    const scope = { type: 'event_bus', triggerId: trigger.id, channel, request: null, ...event };
    try {
      const value = template.evaluate({ trigger: toTrigger(scope), now: new Date().toISOString() });
      return JSON.stringify(value ?? null).slice(0, MAX_KEY);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return '';
    }
  }
}
