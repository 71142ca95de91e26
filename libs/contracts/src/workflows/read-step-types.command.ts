import { IsString, MaxLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { JsonField } from '../messages/fields.js';
import type { StepTypeDescriptor } from '../steps/step-type.js';

/** A step type as the catalog knows it. */
export interface CatalogStepType extends StepTypeDescriptor {
  /** Who runs it: `built-in`, or who announced it. */
  source: string;
  /** Whether somebody that runs it was heard of within the last 90 s. */
  available: boolean;
}

export class ListStepTypesRequest {}

export class ListStepTypesReply {
  @JsonField()
  data!: CatalogStepType[];

  /** Changes whenever the catalog does; the `ETag`. */
  @IsString()
  revision!: string;
}

const EXAMPLE: CatalogStepType = {
  type: 'log',
  version: 1,
  title: 'Log',
  summary: 'Writes a line to the log of the execution',
  category: 'data',
  configSchema: { type: 'object' },
  outputSchema: {},
  sideEffect: { default: 'pure' },
  timeout: '1m',
  errors: [],
  examples: [],
  pool: 'inline',
  source: 'built-in',
  available: true,
};

export const listStepTypes = defineCommand({
  subject: 'rpc.workflows.v1.step-type.list',
  owner: 'workflows',
  summary: 'List the step types that definitions can use',
  access: { permission: 'workflows:read' },
  request: ListStepTypesRequest,
  reply: ListStepTypesReply,
  example: { request: {}, reply: { data: [EXAMPLE], revision: '5feceb66ffc86f38' } },
});

export class GetStepTypeRequest {
  @IsString()
  @MaxLength(100)
  type!: string;
}

export class GetStepTypeReply {
  @JsonField()
  stepType!: CatalogStepType;

  @IsString()
  revision!: string;
}

export const getStepType = defineCommand({
  subject: 'rpc.workflows.v1.step-type.get',
  owner: 'workflows',
  summary: 'Read one step type',
  access: { permission: 'workflows:read' },
  request: GetStepTypeRequest,
  reply: GetStepTypeReply,
  example: { request: { type: 'log' }, reply: { stepType: EXAMPLE, revision: '5feceb66ffc86f38' } },
});
