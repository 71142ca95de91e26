import { IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, JsonField } from '../messages/fields.js';
import { ByIdRequest, sortedList } from '../messages/lists.js';
import {
  WORKFLOW_EXAMPLE,
  WORKFLOW_STATUSES,
  WorkflowView,
  type WorkflowStatus,
  type WorkflowSummary,
} from './workflow-view.js';

const { definition: _draft, ...SUMMARY_EXAMPLE } = WORKFLOW_EXAMPLE;

export const getWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.get',
  owner: 'workflows',
  summary: 'Read a workflow with its draft',
  access: { permission: 'workflows:read' },
  request: ByIdRequest,
  reply: WorkflowView,
  example: { request: { id: WORKFLOW_EXAMPLE.id }, reply: WORKFLOW_EXAMPLE },
});

export class ListWorkflowsRequest extends sortedList('createdAt', 'updatedAt', 'name') {
  @IsOptional()
  @IsIn(WORKFLOW_STATUSES)
  status?: WorkflowStatus;

  /** Part of the name, whatever the case. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  name?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  key?: string;
}

export class ListWorkflowsReply {
  @JsonField()
  data!: WorkflowSummary[];

  @JsonField()
  nextCursor!: string | null;
}

export const listWorkflows = defineCommand({
  subject: 'rpc.workflows.v1.workflow.list',
  owner: 'workflows',
  summary: 'List workflows, newest first',
  access: { permission: 'workflows:read' },
  request: ListWorkflowsRequest,
  reply: ListWorkflowsReply,
  example: { request: { status: 'draft', limit: 10 }, reply: { data: [SUMMARY_EXAMPLE], nextCursor: null } },
});

export class ExportWorkflowRequest {
  @IsId()
  id!: string;

  @IsOptional()
  @IsIn(['yaml', 'json'])
  format?: 'yaml' | 'json';

  /** A version number; absent: the draft. */
  @IsOptional()
  @IsInt()
  @Min(1)
  version?: number;
}

export class ExportWorkflowReply {
  @IsString()
  fileName!: string;

  @IsString()
  contentType!: string;

  /** Document `{ name, key, description, definition }` as text; what import takes. */
  @IsString()
  content!: string;
}

export const exportWorkflow = defineCommand({
  subject: 'rpc.workflows.v1.workflow.export',
  owner: 'workflows',
  summary: 'Export a workflow as YAML or JSON',
  access: { permission: 'workflows:read' },
  request: ExportWorkflowRequest,
  reply: ExportWorkflowReply,
  example: {
    request: { id: WORKFLOW_EXAMPLE.id, format: 'yaml' },
    reply: {
      fileName: 'orders.yaml',
      contentType: 'application/yaml',
      content: 'name: Orders\nkey: orders\ndescription: ""\ndefinition:\n  format: 1\n  steps: []\n',
    },
  },
});
