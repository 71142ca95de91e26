import type { JsonObject } from '@rpa/contracts';
import type { StepTypes } from '../steps/step-types.js';
import type { Findings } from './findings.js';
import type { Outline } from './outline.js';
import type { AnalysedTemplate } from './templates.js';

export interface RuleInput {
  definition: JsonObject;
  outline: Outline;
  templates: readonly AnalysedTemplate[];
  stepTypes: StepTypes;
  findings: Findings;
  /** Keys that the organization has; absent: not checked. */
  credentials?: ReadonlySet<string>;
  workflows?: ReadonlySet<string>;
}

/** Looks for one kind of fault in the whole definition; linear in its size. */
export type Rule = (input: RuleInput) => void;
