import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, JsonField } from '../messages/fields.js';
import type { JsonObject } from '../values/json.js';
import { StartExecutionReply } from './start-execution.command.js';

/** Runs one step of the top level alone, as a test run. */
export class TestStepRequest {
  @IsId()
  id!: string;

  @IsString()
  @MaxLength(64)
  stepId!: string;

  @IsOptional()
  @IsJsonObject()
  inputs?: JsonObject;

  /** What the steps that it reads have given, by id; what is not named reads null. */
  @IsOptional()
  @IsJsonObject()
  pins?: JsonObject;

  /** Default: the draft. */
  @IsOptional()
  @JsonField()
  version?: number | 'draft';

  /** Milliseconds to wait for the end. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(55_000)
  waitMs?: number;
}

export const testStep = defineCommand({
  subject: 'rpc.executions.v1.step.test',
  owner: 'executions',
  summary: 'Run one step alone with given inputs',
  access: { permission: 'workflows:execute' },
  audit: 'step.tested',
  request: TestStepRequest,
  reply: StartExecutionReply,
  idempotent: true,
  timeoutFor: (request) => 10_000 + (request.waitMs ?? 0),
  example: {
    request: {
      id: '0198c1f0-0000-7000-8000-000000000001',
      stepId: 'summary',
      pins: { fetch: { body: { items: [] } } },
    },
    reply: { id: '0198c1f0-0000-7000-8000-000000000002', status: 'pending' },
  },
});
