import {
  AppError,
  archiveWorkflow,
  cloneWorkflow,
  createWorkflow,
  deleteWorkflow,
  diffVersions,
  exportWorkflow,
  getStepType,
  getVersion,
  getWorkflow,
  importWorkflow,
  listStepTypes,
  listVersions,
  listWorkflows,
  publishWorkflow,
  restoreWorkflow,
  rollbackWorkflow,
  saveDraft,
  startExecution,
  unpublishWorkflow,
  updateWorkflow,
  validateWorkflow,
  type ExportWorkflowReply,
  type StartExecutionRequest,
} from '@rpa/contracts';
import { route, type RouteAnswer, type RouteDefinition, type RouteInput } from '../http/define-route.js';
import { STARTED, waitOf } from './started-answer.js';

/** A definition of 5 MiB, and what JSON adds when it comes as text. */
const DEFINITION_BODY = 6 * 1024 * 1024;

export const WORKFLOW_ROUTES: readonly RouteDefinition[] = [
  route({ method: 'GET', path: '/workflows', command: listWorkflows }),
  route({
    method: 'POST',
    path: '/workflows',
    command: createWorkflow,
    status: 201,
    location: (workflow) => `/workflows/${workflow.id}`,
    etag: (workflow) => workflow.revision,
    bodyLimit: DEFINITION_BODY,
  }),
  route({ method: 'POST', path: '/workflows/validate', command: validateWorkflow, bodyLimit: DEFINITION_BODY }),
  route({
    method: 'POST',
    path: '/workflows/import',
    command: importWorkflow,
    status: 201,
    location: (reply) => `/workflows/${reply.workflow.id}`,
    bodyLimit: DEFINITION_BODY,
  }),
  route({
    method: 'GET',
    path: '/workflows/{id}',
    command: getWorkflow,
    etag: (workflow) => workflow.revision,
  }),
  route({
    method: 'PUT',
    path: '/workflows/{id}',
    command: updateWorkflow,
    ifMatch: true,
    etag: (workflow) => workflow.revision,
    bodyLimit: DEFINITION_BODY,
  }),
  route({
    method: 'PUT',
    path: '/workflows/{id}/draft',
    command: saveDraft,
    ifMatch: true,
    etag: (workflow) => workflow.revision,
    bodyLimit: DEFINITION_BODY,
  }),
  route({ method: 'DELETE', path: '/workflows/{id}', command: deleteWorkflow, status: 204 }),
  route({
    method: 'POST',
    path: '/workflows/{id}/restore',
    command: restoreWorkflow,
    etag: (workflow) => workflow.revision,
  }),
  route({ method: 'POST', path: '/workflows/{id}/publish', command: publishWorkflow }),
  route({
    method: 'POST',
    path: '/workflows/{id}/unpublish',
    command: unpublishWorkflow,
    etag: (workflow) => workflow.revision,
  }),
  route({
    method: 'POST',
    path: '/workflows/{id}/archive',
    command: archiveWorkflow,
    etag: (workflow) => workflow.revision,
  }),
  route({
    method: 'POST',
    path: '/workflows/{id}/rollback',
    command: rollbackWorkflow,
    etag: (workflow) => workflow.revision,
  }),
  route({
    method: 'POST',
    path: '/workflows/{id}/clone',
    command: cloneWorkflow,
    status: 201,
    location: (workflow) => `/workflows/${workflow.id}`,
    etag: (workflow) => workflow.revision,
  }),
  route({
    method: 'POST',
    path: '/workflows/{id}/execute',
    command: startExecution,
    ...STARTED,
    request: toStart,
    hidden: ['workflowId', 'workflowKey', 'trigger', 'dedupe', 'priority', 'waitMs', 'hasWaiter'],
  }),
  route({ method: 'GET', path: '/workflows/{id}/versions', command: listVersions }),
  route({
    method: 'GET',
    path: '/workflows/{id}/versions/{version}',
    command: getVersion,
    request: ({ params }) => ({ id: params['id'] ?? '', version: versionNumber(params['version']) }),
  }),
  route({ method: 'GET', path: '/workflows/{id}/diff', command: diffVersions }),
  route({
    method: 'GET',
    path: '/workflows/{id}/export',
    command: exportWorkflow,
    answer: exportedAnswer,
    answers: {
      200: {
        description: 'The workflow as a file',
        reply: { schema: { type: 'object' } },
        mediaTypes: ['application/yaml', 'application/json'],
      },
    },
  }),
  route({
    method: 'GET',
    path: '/step-types',
    command: listStepTypes,
    etag: (reply) => reply.revision,
  }),
  route({
    method: 'GET',
    path: '/step-types/{type}',
    command: getStepType,
    etag: (reply) => reply.revision,
    answer: (reply) => ({ status: 200, body: reply.stepType }),
    answers: { 200: { description: 'The step type', reply: { schema: { type: 'object' } } } },
  }),
];

function toStart(input: RouteInput): StartExecutionRequest {
  return { ...(input.body as object | undefined), workflowId: input.params['id'] ?? '', ...waitOf(input) };
}

/** A malformed number names no version, like one that does not exist. */
function versionNumber(text = ''): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new AppError('not_found', 'There is no such version.');
  return Number(text);
}

function exportedAnswer(reply: ExportWorkflowReply): RouteAnswer {
  return {
    status: 200,
    headers: {
      'content-type': reply.contentType,
      'content-disposition': `attachment; filename="${reply.fileName}"`,
    },
    body: reply.content,
  };
}
