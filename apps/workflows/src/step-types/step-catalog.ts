import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError, type CatalogStepType, type GetStepTypeReply, type ListStepTypesReply } from '@rpa/contracts';
import { BUILT_IN_STEP_TYPES } from '@rpa/engine';
import type { CheckResult } from '@rpa/platform';
import { StepTypesRepository, type CatalogRow } from './step-types.repository.js';

const BUILT_IN: readonly CatalogStepType[] = BUILT_IN_STEP_TYPES.map((type) => ({
  ...type,
  source: 'built-in',
  available: true,
}));

/** Reads the catalog: the built-in types and those that were announced. */
@Injectable()
export class StepCatalog {
  private complete = false;

  constructor(private readonly stepTypes: StepTypesRepository) {}

  async list(): Promise<ListStepTypesReply> {
    const data = [...BUILT_IN, ...(await this.stepTypes.all()).map(toView)];
    return { data, revision: revisionOf(data) };
  }

  async get(type: string): Promise<GetStepTypeReply> {
    const builtIn = BUILT_IN.find((known) => known.type === type);
    const row = builtIn ? null : await this.stepTypes.find(type);
    const stepType = builtIn ?? (row && toView(row));
    if (!stepType) throw new AppError('not_found', `There is no step type '${type.slice(0, 100)}'.`);
    return { stepType, revision: revisionOf([stepType]) };
  }

  /** For readiness: whether every expected source has announced its types, now or before a restart. */
  async check(sources: string[]): Promise<CheckResult> {
    if (this.complete || sources.length === 0) return { ok: true };
    const known = await this.stepTypes.knownSources(sources);
    const missing = sources.filter((source) => !known.includes(source));
    this.complete = missing.length === 0;
    return this.complete
      ? { ok: true }
      : { ok: false, reason: `No step types announced yet by: ${missing.join(', ')}` };
  }
}

function toView(row: CatalogRow): CatalogStepType {
  return { ...row.descriptor, source: row.source, available: row.available };
}

function revisionOf(types: CatalogStepType[]): string {
  return createHash('sha256').update(JSON.stringify(types)).digest('hex').slice(0, 16);
}
