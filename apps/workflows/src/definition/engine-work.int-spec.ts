import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@rpa/contracts';
import { canonicalDefinition, normalizeDefinition, validateDefinition } from '@rpa/engine';
import { EngineWork } from './engine-work.js';

const chain = (length: number): JsonObject => ({
  format: 1,
  steps: Array.from({ length }, (_, i) => ({
    id: `s${i}`,
    type: 'transform',
    config: { value: `{{ inputs.n + ${i} }}` },
    ...(i < length - 1 && { next: [`s${i + 1}`] }),
  })),
});
const faulty = { ...chain(2_000), output: '{{ steps.gone.output }}' };

describe('work on a large definition', () => {
  const work = new EngineWork();
  beforeAll(async () => {
    await work.validate(faulty, { stepTypes: [] });
  });
  afterAll(() => work.onModuleDestroy());

  it('gives what it gives in place', async () => {
    expect(await work.validate(faulty, { stepTypes: [] })).toEqual(validateDefinition(faulty, { stepTypes: [] }));
    const definition = normalizeDefinition(faulty, { stepTypes: [] });
    expect(await work.normalize(faulty, { stepTypes: [] })).toEqual({
      definition,
      canonical: canonicalDefinition(definition),
    });
  });

  it('leaves the service free meanwhile', async () => {
    const large = chain(10_000);
    const started = performance.now();
    validateDefinition(large, { stepTypes: [] });
    const inPlaceMs = performance.now() - started;
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    expect((await work.validate(large, { stepTypes: [] })).valid).toBe(true);
    delay.disable();
    expect(delay.max / 1e6).toBeLessThan(inPlaceMs / 2);
  });

  it('is refused when too much of it waits, and goes on afterwards', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 24 }, () => work.validate(faulty, { stepTypes: [] })),
    );
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(6);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'overloaded' });
    expect((await work.validate(faulty, { stepTypes: [] })).valid).toBe(false);
  });

  it('ends with the service', async () => {
    const stopped = new EngineWork();
    const answer = stopped.validate(faulty, { stepTypes: [] });
    await stopped.onModuleDestroy();
    await expect(answer).rejects.toMatchObject({ code: 'unavailable' });
  });
});
