import { AppError, INLINE_VALUE_LIMIT, type Fault, type JsonValue } from '@rpa/contracts';
import { validateInputs } from '@rpa/engine';
import { decisionsOf, formOf } from './approval-to-view.js';
import type { StoredApproval } from './approvals.repository.js';

/** The decision as it would be journaled; refuses one that the approval does not offer, and data that does not fit its form. */
export function checkDecision(approval: StoredApproval, decision: string, data: JsonValue | undefined): JsonValue {
  if (approval.status !== 'pending') throw closed(approval);
  const decisions = decisionsOf(approval);
  if (!decisions.includes(decision))
    refuse([{ path: 'decision', code: 'not_offered', message: `must be one of ${decisions.join(', ')}` }]);
  const bytes = Buffer.byteLength(JSON.stringify(data ?? null));
  if (bytes > INLINE_VALUE_LIMIT)
    refuse([
      { path: 'data', code: 'too_large', message: `has ${bytes} bytes as JSON; ${INLINE_VALUE_LIMIT} are allowed` },
    ]);
  const form = formOf(approval);
  // Nobody has to fill in a form to say no.
  if (!form || (decision === 'rejected' && data === undefined)) return data ?? null;
  const faults = validateInputs(form, data ?? {});
  refuse(faults.map(({ path, code, message }) => ({ path: path.replace(/^inputs/, 'data'), code, message })));
  return data ?? {};
}

export function closed({ status, decision }: StoredApproval): AppError {
  const what = status === 'decided' ? `It was decided already: ${decision ?? ''}.` : `It is ${status}.`;
  return new AppError('conflict', status === 'pending' ? 'It is too late to decide.' : what);
}

function refuse(errors: Fault[]): void {
  if (errors.length === 0) return;
  throw new AppError('validation_failed', `${errors.length} field(s) of the decision are not valid.`, { errors });
}
