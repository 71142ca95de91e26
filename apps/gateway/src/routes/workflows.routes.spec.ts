import { describe, expect, it } from '@jest/globals';
import { bodyLimitOf } from '../http/mount-routes.js';
import { WORKFLOW_ROUTES } from './workflows.routes.js';

const MIB = 1024 * 1024;
const limitOf = (path: string) =>
  WORKFLOW_ROUTES.filter((route) => route.method === 'POST' && route.path === path).map(bodyLimitOf);

describe('bodies of workflow routes', () => {
  it('have room for the largest definition, and for far less where they are inputs of a start', () => {
    expect(limitOf('/workflows')).toEqual([6 * MIB]);
    expect(limitOf('/workflows/{id}/publish')).toEqual([6 * MIB]);
    expect(limitOf('/workflows/{id}/execute')).toEqual([MIB]);
  });
});
