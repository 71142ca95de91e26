import { Injectable } from '@nestjs/common';
import {
  AppError,
  checkCredentialKeys,
  resolveVersion,
  type Fault,
  type JsonObject,
  type Principal,
} from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Identity, organizationOf } from '@rpa/platform';
import { findTriggerType, TRIGGER_TYPES } from '../types/trigger-types.js';
import type { TriggerType } from '../types/define-trigger.js';
import { checkTemplate } from './check-template.js';

const MAX_BYTES = 256 * 1024;

/** Whether a trigger makes sense: its type, config and input mapping, and the workflow that it starts. */
@Injectable()
export class CheckTrigger {
  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
  ) {}

  /**
   * Throws `validation_failed` with every fault.
   * @param config null: it was checked before and stays, though by now it may never fire again
   */
  assertConfig(type: string, config: JsonObject | null, inputs: JsonObject | null): TriggerType {
    const known = findTriggerType(type);
    if (!known) {
      const types = TRIGGER_TYPES.map((one) => one.descriptor.type).join(', ');
      throw invalid([
        { path: 'type', code: 'unknown_type', message: `'${type}' is no type of trigger; there are ${types}` },
      ]);
    }
    const faults = [...(config ? known.check(config) : []), ...checkInputs(inputs)];
    if (JSON.stringify([config, inputs]).length > MAX_BYTES)
      faults.push({
        path: 'config',
        code: 'too_large',
        message: `config and inputs are larger than ${MAX_BYTES} bytes`,
      });
    if (faults.length > 0) throw invalid(faults);
    return known;
  }

  /** The credential of its source must exist. */
  async assertCredential(principal: Principal | null, type: TriggerType, config: JsonObject): Promise<void> {
    const key = type.credentialOf(config);
    if (key === undefined) return;
    const token = await this.tokenFor(principal);
    const { missing } = await this.bus.request(checkCredentialKeys, { keys: [key] }, { principal: token });
    if (missing.length > 0)
      throw invalid([
        { path: 'config.credential', code: 'not_found', message: `there is no credential with the key '${key}'` },
      ]);
  }

  /** Who asks for signatures must have something to check them with. */
  assertSigned(config: JsonObject, hasSecrets: boolean): void {
    if (config['signature'] === undefined || hasSecrets) return;
    throw invalid([
      {
        path: 'config.secrets',
        code: 'required',
        message: `needs a secret to check the signature ${String(config['signature'])}`,
      },
    ]);
  }

  /** It must exist in the organization; it may wait for its first version. @returns whether it can be started */
  async assertWorkflow(principal: Principal | null, workflowId: string): Promise<boolean> {
    const token = await this.tokenFor(principal);
    try {
      await this.bus.request(resolveVersion, { workflowId }, { principal: token });
      return true;
    } catch (error) {
      if (AppError.is(error) && error.code === 'workflow_not_published') return false;
      if (AppError.is(error) && error.code === 'not_found')
        throw invalid([{ path: 'workflowId', code: 'not_found', message: 'there is no workflow with this id' }]);
      throw error;
    }
  }

  private tokenFor(principal: Principal | null): Promise<string> {
    const slug = principal?.organizationSlug;
    return this.identity.serviceToken({ id: organizationOf(principal), ...(slug && { slug }) });
  }
}

function checkInputs(inputs: JsonObject | null): Fault[] {
  if (inputs === null) return [];
  if (typeof inputs !== 'object' || Array.isArray(inputs))
    return [{ path: 'inputs', code: 'invalid_type', message: 'must be an object, or null' }];
  return checkTemplate(inputs, 'inputs');
}

function invalid(errors: Fault[]): AppError {
  return new AppError('validation_failed', `${errors.length} fault(s) in the trigger.`, { errors });
}
