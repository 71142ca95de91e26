import { Injectable } from '@nestjs/common';
import {
  AppError,
  type JsonObject,
  type Principal,
  type ValidateDefinitionReply,
  type ValidateDefinitionRequest,
} from '@rpa/contracts';
import { CheckDefinition } from './check-definition.js';
import { parseDefinition } from './parse-definition.js';

/** Checks a definition and stores nothing; one that cannot be read is an answer as well, not an error. */
@Injectable()
export class ValidateDefinition {
  constructor(private readonly check: CheckDefinition) {}

  async execute(principal: Principal | null, request: ValidateDefinitionRequest): Promise<ValidateDefinitionReply> {
    let definition: JsonObject;
    try {
      definition = parseDefinition(request.definition);
    } catch (error) {
      if (!AppError.is(error) || error.code !== 'definition_invalid') throw error;
      return { valid: false, errors: error.errors ?? [], warnings: [] };
    }
    const { valid, errors, warnings } = await this.check.execute(principal, definition);
    return { valid, errors, warnings };
  }
}
