import { announceStepTypes } from './announce-step-types.command.js';
import { deleteWorkflow, restoreWorkflow, saveDraft, updateWorkflow } from './change-workflow.command.js';
import { cloneWorkflow, createWorkflow, importWorkflow } from './create-workflow.command.js';
import {
  archiveWorkflow,
  publishWorkflow,
  rollbackWorkflow,
  unpublishWorkflow,
  validateWorkflow,
} from './publish-workflow.command.js';
import { findCredentialUsers } from './find-by-credential.command.js';
import { getStepType, listStepTypes } from './read-step-types.command.js';
import { diffVersions, getVersion, listVersions } from './read-versions.command.js';
import { exportWorkflow, getWorkflow, listWorkflows } from './read-workflows.command.js';
import { loadVersion, resolveVersion } from './resolve-version.command.js';

export * from './announce-step-types.command.js';
export * from './change-workflow.command.js';
export * from './create-workflow.command.js';
export * from './find-by-credential.command.js';
export * from './publish-workflow.command.js';
export * from './read-step-types.command.js';
export * from './read-versions.command.js';
export * from './read-workflows.command.js';
export * from './resolve-version.command.js';
export * from './workflow-changed.event.js';
export {
  VersionSummary,
  VersionView,
  WORKFLOW_STATUSES,
  WorkflowStatus,
  WorkflowSummary,
  WorkflowView,
} from './workflow-view.js';
export type { DefinitionIssue } from './workflow-view.js';

export const WORKFLOWS_COMMANDS = [
  createWorkflow,
  listWorkflows,
  getWorkflow,
  updateWorkflow,
  saveDraft,
  deleteWorkflow,
  restoreWorkflow,
  validateWorkflow,
  publishWorkflow,
  unpublishWorkflow,
  archiveWorkflow,
  rollbackWorkflow,
  cloneWorkflow,
  importWorkflow,
  exportWorkflow,
  listVersions,
  getVersion,
  diffVersions,
  resolveVersion,
  loadVersion,
  findCredentialUsers,
  announceStepTypes,
  listStepTypes,
  getStepType,
] as const;
