import { Module } from '@nestjs/common';
import { CheckDefinition } from './definition/check-definition.js';
import { EngineWork } from './definition/engine-work.js';
import { FreezeDefinition } from './definition/freeze-definition.js';
import { ValidateDefinition } from './definition/validate-definition.js';
import { AnnounceStepTypes } from './step-types/announce-step-types.js';
import { StepCatalog } from './step-types/step-catalog.js';
import { StepTypesMessages } from './step-types/step-types.messages.js';
import { StepTypesRepository } from './step-types/step-types.repository.js';
import { DiffVersions } from './versions/diff-versions.js';
import { LoadVersion } from './versions/load-version.js';
import { PublishWorkflow } from './versions/publish-workflow.js';
import { ResolveVersion } from './versions/resolve-version.js';
import { RollbackWorkflow } from './versions/rollback-workflow.js';
import { VersionsMessages } from './versions/versions.messages.js';
import { VersionsRepository } from './versions/versions.repository.js';
import { WithdrawWorkflow } from './versions/withdraw-workflow.js';
import { ChangeWorkflow } from './workflows/change-workflow.js';
import { CloneWorkflow } from './workflows/clone-workflow.js';
import { CreateWorkflow } from './workflows/create-workflow.js';
import { DeleteWorkflow } from './workflows/delete-workflow.js';
import { ExportWorkflow } from './workflows/export-workflow.js';
import { FindCredentialUsers } from './workflows/find-credential-users.js';
import { ImportWorkflow } from './workflows/import-workflow.js';
import { WorkflowsMessages } from './workflows/workflows.messages.js';
import { WorkflowsRepository } from './workflows/workflows.repository.js';

@Module({
  controllers: [WorkflowsMessages, VersionsMessages, StepTypesMessages],
  providers: [
    WorkflowsRepository,
    VersionsRepository,
    StepTypesRepository,
    EngineWork,
    CheckDefinition,
    FreezeDefinition,
    ValidateDefinition,
    CreateWorkflow,
    ChangeWorkflow,
    DeleteWorkflow,
    CloneWorkflow,
    FindCredentialUsers,
    ImportWorkflow,
    ExportWorkflow,
    PublishWorkflow,
    WithdrawWorkflow,
    RollbackWorkflow,
    DiffVersions,
    ResolveVersion,
    LoadVersion,
    AnnounceStepTypes,
    StepCatalog,
  ],
})
export class WorkflowsModule {}
