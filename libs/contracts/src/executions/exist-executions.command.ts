import { ArrayMaxSize, IsArray } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, JsonField } from '../messages/fields.js';

const ID = '0198c1f0-0000-7000-8000-000000000002';

export class ExistExecutionsRequest {
  @IsArray()
  @ArrayMaxSize(1_000)
  @IsId({ each: true })
  ids!: string[];
}

export class ExistExecutionsReply {
  /** Those of the executions that are kept, deleted ones that can be restored among them. */
  @JsonField()
  ids!: string[];
}

/** By it storage finds references of executions that are gone, or never came to be. */
export const existExecutions = defineCommand({
  subject: 'rpc.executions.v1.execution.exist',
  owner: 'executions',
  summary: 'Tell which executions are kept',
  access: { services: ['storage'] },
  request: ExistExecutionsRequest,
  reply: ExistExecutionsReply,
  example: { request: { ids: [ID] }, reply: { ids: [ID] } },
});
