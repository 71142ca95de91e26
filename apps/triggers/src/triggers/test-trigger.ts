import { Injectable } from '@nestjs/common';
import {
  AppError,
  type JsonObject,
  type JsonValue,
  type Principal,
  type TestTriggerReply,
  type TestTriggerRequest,
} from '@rpa/contracts';
import { compileTemplate, ExpressionError } from '@rpa/expressions';
import { organizationOf } from '@rpa/platform';
import { inputsOf } from '../inbox/trigger-scope.js';
import { CheckTrigger } from './check-trigger.js';
import { TRIGGER_ROOTS } from './check-template.js';
import { TriggersRepository } from './triggers.repository.js';

/** Runs filter and mapping on an event without starting anything. */
@Injectable()
export class TestTrigger {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly check: CheckTrigger,
  ) {}

  async execute(principal: Principal | null, request: TestTriggerRequest): Promise<TestTriggerReply> {
    const row = request.id === undefined ? null : await this.triggers.get(organizationOf(principal), request.id);
    const type = row?.type ?? request.type;
    if (type === undefined)
      throw new AppError('validation_failed', 'Name a trigger (id) or a type.', {
        errors: [{ path: 'type', code: 'required', message: 'is required without an id' }],
      });
    const config = request.config ?? (row?.config as JsonObject | undefined) ?? {};
    const mapping =
      request.inputs === undefined ? ((row?.inputs as JsonObject | null | undefined) ?? null) : request.inputs;
    const known = this.check.assertConfig(type, request.config || !row ? config : null, mapping);
    const trigger = { ...known.descriptor.sample, ...request.event, ...(row && { id: row.id }) } as JsonObject;
    const scope = { trigger, now: new Date().toISOString() };
    try {
      const filter = known.filterOf(config);
      if (filter !== undefined && !compileTemplate(filter, { roots: TRIGGER_ROOTS }).evaluate(scope))
        return { wouldFire: false, reason: 'The filter is not true for this event.', inputs: null, trigger };
      const payload = (trigger['payload'] ?? null) as JsonValue;
      const inputs = mapping
        ? (compileTemplate(mapping, { roots: TRIGGER_ROOTS }).evaluate(scope) as JsonObject)
        : inputsOf(payload);
      return { wouldFire: true, inputs, trigger };
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const at = (error.path ?? []).join('.');
      return { wouldFire: false, reason: `${at === '' ? '' : `${at}: `}${error.message}`, inputs: null, trigger };
    }
  }
}
