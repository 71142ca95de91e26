import { Injectable } from '@nestjs/common';
import {
  AppError,
  checkCredentialKeys,
  type DefinitionIssue,
  type Fault,
  type JsonObject,
  type Principal,
} from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Identity, organizationOf } from '@rpa/platform';
import { StepTypesRepository } from '../step-types/step-types.repository.js';
import { WorkflowsRepository } from '../workflows/workflows.repository.js';
import { EngineWork } from './engine-work.js';
import { referencedKeys } from './referenced-keys.js';

export interface DefinitionCheck {
  valid: boolean;
  errors: Fault[];
  warnings: Fault[];
}

/** Checks a definition against everything that it names: step types, credentials and workflows of its organization. */
@Injectable()
export class CheckDefinition {
  constructor(
    private readonly stepTypes: StepTypesRepository,
    private readonly workflows: WorkflowsRepository,
    private readonly bus: Bus,
    private readonly identity: Identity,
    private readonly engine: EngineWork,
  ) {}

  async execute(principal: Principal | null, definition: JsonObject): Promise<DefinitionCheck> {
    const organizationId = organizationOf(principal);
    const keys = referencedKeys(definition);
    const [stepTypes, workflows, credentials] = await Promise.all([
      this.stepTypes.descriptors(),
      this.workflows.knownKeys(organizationId, keys.workflows),
      this.knownCredentials(principal, organizationId, keys.credentials),
    ]);
    return this.engine.validate(definition, { stepTypes, workflows, credentials });
  }

  /** Like `execute`, but throws `definition_invalid` with every fault. */
  async assertValid(principal: Principal | null, definition: JsonObject): Promise<DefinitionCheck> {
    const check = await this.execute(principal, definition);
    if (!check.valid)
      throw new AppError('definition_invalid', `The definition has ${check.errors.length} fault(s).`, {
        errors: check.errors,
      });
    return check;
  }

  private async knownCredentials(
    principal: Principal | null,
    organizationId: string,
    keys: string[],
  ): Promise<string[]> {
    if (keys.length === 0) return [];
    const slug = principal?.organizationSlug;
    const token = await this.identity.serviceToken({ id: organizationId, ...(slug && { slug }) });
    // What is not shared with the author is not there for the author.
    const user = principal?.kind === 'user' ? { userId: principal.userId, roles: principal.roles } : undefined;
    const request = { keys, ...(user && { user }) };
    const { missing, notShared = [] } = await this.bus.request(checkCredentialKeys, request, { principal: token });
    return keys.filter((key) => !missing.includes(key) && !notShared.includes(key));
  }
}

export function issuesOf(check: DefinitionCheck): DefinitionIssue[] {
  return [
    ...check.errors.map((fault) => ({ ...fault, severity: 'error' as const })),
    ...check.warnings.map((fault) => ({ ...fault, severity: 'warning' as const })),
  ];
}
