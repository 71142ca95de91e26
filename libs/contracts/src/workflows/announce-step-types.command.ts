import { IsArray, IsString, MaxLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { JsonField } from '../messages/fields.js';
import { DoneReply } from '../messages/lists.js';
import type { StepTypeDescriptor } from '../steps/step-type.js';

export class AnnounceStepTypesRequest {
  /** Who runs them, e.g. `worker`. */
  @IsString()
  @MaxLength(100)
  source!: string;

  @JsonField()
  @IsArray()
  types!: StepTypeDescriptor[];
}

/**
 * A worker says which step types it runs; repeated until answered, and every 30 s, which keeps them `available` in the
 * catalog. Built-in ids cannot be announced, and an id belongs to the source that announced it first.
 */
export const announceStepTypes = defineCommand({
  subject: 'rpc.workflows.v1.step-type.announce',
  owner: 'workflows',
  summary: 'Announce step types to the catalog',
  access: { services: ['worker', 'ai'] },
  audit: { none: 'Workers tell which steps they can run; nobody decides anything.' },
  request: AnnounceStepTypesRequest,
  reply: DoneReply,
  example: { request: { source: 'worker', types: [] }, reply: {} },
});
