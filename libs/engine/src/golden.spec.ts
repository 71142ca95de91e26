import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { JournalRecord } from '@rpa/contracts';
import { STEP_TYPES, text } from '../test/test-run.js';
import { compileDefinition, foldRecord, projectSteps, snapshotState, type RunState } from './index.js';

const FOLDER = new URL('../golden/', import.meta.url);
const histories = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

describe('recorded histories', () => {
  it('are there', () => expect(histories.length).toBeGreaterThanOrEqual(8));

  it.each(histories)('%s gives the state that it gave when it was recorded', (name) => {
    const golden = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
    const plan = compileDefinition(golden.definition, { stepTypes: STEP_TYPES });
    let state: RunState | undefined;
    for (const record of golden.journal as JournalRecord[]) state = foldRecord(plan, state, record);
    expect(state?.status).toBe(golden.status);
    expect(state?.progress).toEqual(golden.progress);
    expect(projectSteps(golden.journal, { plan })).toEqual(golden.steps);
    expect(JSON.parse(text(snapshotState(state as RunState)))).toEqual(JSON.parse(text(golden.snapshot)));
  });

  it('hold every kind of record that the engine writes in a simulated run', () => {
    const kinds = new Set<string>();
    for (const name of histories) {
      const { journal } = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
      for (const record of journal as JournalRecord[]) kinds.add(record.type);
    }
    for (const kind of [
      'step_queued',
      'step_redelivered',
      'step_retrying',
      'step_cancelled',
      'iteration_ended',
      'variable_updated',
      'signal_received',
      'approval_decided',
      'child_ended',
      'decision_made',
      'response_sent',
      'execution_paused',
      'execution_timed_out',
      'execution_cancelled',
      'execution_failed',
      'execution_completed',
    ]) {
      expect([...kinds]).toContain(kind);
    }
  });
});
