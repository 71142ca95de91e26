import type { JsonObject, RetryPolicy, SideEffect, SideEffectRule } from '@rpa/contracts';
import type { Definition } from '../definition/definition.js';
import type { PlanFlow } from './plan-flow.js';
import type { Template } from './template.js';

/** A definition made ready to run: references resolved to positions, templates compiled. Never changes; shared by all runs of a version. */
export interface Plan {
  readonly definition: Definition;
  readonly root: PlanScope;
  readonly variables: Template | undefined;
  readonly output: Template | undefined;
  /** JSON Schema of the inputs. */
  readonly inputsSchema: JsonObject | undefined;
  /** Limit of the whole run. */
  readonly timeoutMs: number | undefined;
  readonly priority: number;
  /** Absent: every start begins at once. */
  readonly flow: PlanFlow | undefined;
}

/** The steps of the definition itself or of one container's body. */
export interface PlanScope {
  readonly nodes: readonly PlanNode[];
  readonly byId: ReadonlyMap<string, PlanNode>;
  /** Nodes that no edge names. */
  readonly roots: readonly PlanNode[];
  /** Nodes whose output makes that of the scope: those without `next` and branches that can give something. */
  readonly last: readonly PlanNode[];
}

export interface PlanEdge {
  readonly to: PlanNode;
  readonly next: boolean;
  readonly route: boolean;
  /** Names of the branches that lead to `to`. */
  readonly branches: readonly string[];
}

export interface PlanNode {
  /** Position in its scope. */
  readonly index: number;
  readonly id: string;
  readonly type: string;
  readonly typeVersion: number;
  readonly edges: readonly PlanEdge[];
  /** How many edges lead here; several lists of one step that name the same target are one edge. */
  readonly incoming: number;
  readonly join: 'all' | 'any';
  readonly branchNames: readonly string[];
  readonly when: Template | undefined;
  readonly config: Template;
  /** Of `while`, looked at before each turn. */
  readonly condition: Template | undefined;
  readonly credential: string | undefined;
  /** The step's own limit, or the default of its type. */
  readonly timeoutMs: number;
  /** The limit that the definition sets; waiting and containers have one only then. */
  readonly ownTimeoutMs: number | undefined;
  readonly retry: RetryPolicy;
  readonly onError: 'fail' | 'continue' | 'route';
  readonly sideEffect: SideEffect | SideEffectRule;
  readonly disabled: boolean;
  readonly pool: string;
  /** The engine runs it itself; no worker ever sees it. */
  readonly inline: boolean;
  readonly body: PlanScope | undefined;
  /** The step or its body writes variables, so a rerun cannot take its result over without running it. */
  readonly writesVariables: boolean;
}

export const NO_RETRY: RetryPolicy = { maxAttempts: 1, backoff: 'fixed', delay: '0ms', maxDelay: '0ms', jitter: false };
