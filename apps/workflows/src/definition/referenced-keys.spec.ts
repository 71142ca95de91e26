import { describe, expect, it } from '@jest/globals';
import { referencedKeys } from './referenced-keys.js';

describe('referencedKeys', () => {
  it('finds credentials, workflows and step types at every level, each once', () => {
    const keys = referencedKeys({
      settings: { onFailure: { workflow: 'alarm' } },
      steps: [
        { id: 'a', type: 'http_request', credential: 'shop' },
        {
          id: 'each',
          type: 'foreach',
          steps: [
            { id: 'b', type: 'http_request', credential: 'shop' },
            { id: 'c', type: 'sub_workflow', config: { workflow: 'child' } },
            { id: 'd', type: 'while', steps: [{ id: 'e', type: 'noop', credential: 'other' }] },
          ],
        },
        { id: 'f', type: 'sub_workflow', config: { workflow: '{{ inputs.which }}' } },
      ],
    });
    expect(keys.credentials.sort()).toEqual(['other', 'shop']);
    expect(keys.workflows.sort()).toEqual(['alarm', 'child']);
    expect(keys.stepTypes.sort()).toEqual(['foreach', 'http_request', 'noop', 'sub_workflow', 'while']);
  });

  it('passes over what is not shaped like a definition', () => {
    expect(referencedKeys({ steps: [1, null, { type: 2, credential: {}, steps: 'x' }], settings: [] })).toEqual({
      credentials: [],
      workflows: [],
      stepTypes: [],
    });
  });
});
