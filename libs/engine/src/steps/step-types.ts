import type { StepTypeDescriptor } from '@rpa/contracts';
import { BUILT_IN_STEP_TYPES } from './built-in-steps.js';

/** What the engine needs to know of a step type; catalogs hand in whole descriptors. */
export type StepType = Partial<StepTypeDescriptor> & Pick<StepTypeDescriptor, 'type' | 'version'>;

/** The step types that a definition may use: the built-in ones, which nothing can replace, and those handed in. */
export class StepTypes {
  private readonly versions = new Map<string, Map<number, StepType>>();
  private readonly newestOf = new Map<string, StepType>();

  private readonly builtIn: ReadonlySet<string>;

  constructor(handedIn: readonly StepType[] = []) {
    for (const type of BUILT_IN_STEP_TYPES) this.add(type);
    this.builtIn = new Set(this.newestOf.keys());
    for (const type of handedIn) if (!this.builtIn.has(type.type)) this.add(type);
  }

  isBuiltIn(type: string): boolean {
    return this.builtIn.has(type);
  }

  private add(type: StepType): void {
    let versions = this.versions.get(type.type);
    if (!versions) this.versions.set(type.type, (versions = new Map()));
    versions.set(type.version, type);
    const newest = this.newestOf.get(type.type);
    if (!newest || newest.version < type.version) this.newestOf.set(type.type, type);
  }

  get(type: string, version?: number): StepType | undefined {
    return version === undefined ? this.newestOf.get(type) : this.versions.get(type)?.get(version);
  }

  newest(type: string): StepType | undefined {
    return this.newestOf.get(type);
  }

  names(): string[] {
    return [...this.newestOf.keys()];
  }
}
