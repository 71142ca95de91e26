import type { JsonValue, StepError } from '@rpa/contracts';
import { ExpressionError } from '@rpa/expressions';
import type { Template } from '../plan/template.js';
import { fileId } from '../state/file-references.js';
import type { LoopState } from '../state/loop-state.js';
import { missingFiles } from '../state/missing-files.js';
import type { Run } from '../state/run.js';
import type { ScopeState } from '../state/scope-state.js';
import { scopeValues, type LoopView } from '../state/scope-values.js';
import { stepError } from '../steps/step-failure.js';
import type { Turn } from './turn.js';

export type Evaluation =
  | { kind: 'value'; value: JsonValue }
  | { kind: 'error'; error: StepError }
  /** File contents have to be loaded first; the host has been asked for them. */
  | { kind: 'blocked' };

/** Evaluates a template in a scope. `seed` makes random values the same whenever the same attempt is evaluated. */
export function evaluate(
  turn: Turn,
  scope: ScopeState,
  template: Template,
  seed: string,
  options: { loop?: LoopView; code?: string } = {},
): Evaluation {
  if (template.constant) return { kind: 'value', value: template.source };
  const { run, at } = turn;
  if (template.needs.roots.has('item')) {
    const items = openItemsAround(turn, scope);
    if (items.kind !== 'open') return items;
  }
  const values = scopeValues(run, scope, template.needs, at, options.loop);
  if (run.holdsFiles) {
    const missing = missingFiles(values, template, run.loaded);
    const fault = faultOf(run, missing);
    if (fault) return { kind: 'error', error: fault };
    if (missing.size > 0) {
      turn.load(missing);
      return { kind: 'blocked' };
    }
  }
  try {
    return { kind: 'value', value: template.evaluate(values, { now: at, seed: `${run.executionId}:${seed}` }) };
  } catch (error) {
    // A run must not take its host down, whatever an expression meets; what is not the author's fault says so.
    if (!(error instanceof ExpressionError)) {
      return { kind: 'error', error: stepError('internal_error', 'The expression could not be evaluated') };
    }
    const { code, message, line, column } = error;
    const details = { reason: code, line: line ?? null, column: column ?? null };
    return { kind: 'error', error: stepError(options.code ?? 'expression_failed', message, false, details) };
  }
}

/** Why one of the files cannot be read, if that is known. */
export function faultOf(run: Run, fileIds: Iterable<string>): StepError | undefined {
  for (const id of fileIds) {
    const fault = run.unreadable.get(id);
    if (fault) return stepError(fault.code, fault.message);
  }
  return undefined;
}

type Opened = { kind: 'open' } | Exclude<Evaluation, { kind: 'value' }>;
const OPEN: Opened = { kind: 'open' };

function openItemsAround(turn: Turn, scope: ScopeState): Opened {
  if (!turn.run.holdsFiles) return OPEN;
  for (let at: ScopeState | undefined = scope; at; at = at.parent) {
    if (at.owner?.node.type === 'foreach') return at.owner.loop ? openItems(turn, at.owner.loop) : OPEN;
  }
  return OPEN;
}

/** Items that were read back from the journal as a file reference are needed as an array from here on. */
export function openItems(turn: Turn, loop: LoopState): Opened {
  const id = fileId(loop.items);
  if (id === undefined) return OPEN;
  const fault = faultOf(turn.run, [id]);
  if (fault) return { kind: 'error', error: fault };
  if (!turn.run.loaded.has(id)) {
    turn.load([id]);
    return { kind: 'blocked' };
  }
  const items = turn.run.loaded.get(id);
  loop.itemsFile = loop.items;
  loop.items = Array.isArray(items) ? items : [];
  return OPEN;
}
