import { describe, expect, it } from '@jest/globals';
import { pinChildren } from './pin-children.js';

const call = (config: Record<string, string | number>) => ({ id: 'call', type: 'sub_workflow', config });
const pinned = (config: Record<string, string | number>): unknown => {
  const definition = pinChildren(
    { steps: [{ id: 'each', type: 'foreach', steps: [call(config)] }] },
    new Map([['child', 3]]),
  );
  return JSON.parse(JSON.stringify(definition)).steps[0].steps[0].config;
};

describe('pinChildren', () => {
  it('writes the published version, in containers too', () => {
    expect(pinned({ workflow: 'child' })).toEqual({ workflow: 'child', version: 3 });
  });

  it('leaves what the author decided, and what cannot be known', () => {
    expect(pinned({ workflow: 'child', version: 'latest' })).toEqual({ workflow: 'child', version: 'latest' });
    expect(pinned({ workflow: 'child', version: 1 })).toEqual({ workflow: 'child', version: 1 });
    expect(pinned({ workflow: '{{ inputs.key }}' })).toEqual({ workflow: '{{ inputs.key }}' });
  });
});
