import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compileTemplate } from '@rpa/expressions';
import Value from 'typebox/value';
import { TRIGGER_TYPES } from './trigger-types.js';

describe('the trigger types', () => {
  it('are the folders here', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const types = TRIGGER_TYPES.map((type) => type.descriptor.type.replaceAll('_', '-'));
    expect(types.sort()).toEqual(folders.map((folder) => folder.name).sort());
  });

  it.each(TRIGGER_TYPES.map((type) => [type.descriptor.type, type] as const))(
    '%s hints only at fields that its schema has, and its sample can be read',
    (_name, { descriptor }) => {
      const fields = Object.keys((descriptor.configSchema['properties'] ?? {}) as object);
      expect(fields).toEqual(expect.arrayContaining(Object.keys(descriptor.ui)));
      expect(Value.Check({ type: 'object' } as never, descriptor.sample)).toBe(true);
      expect(compileTemplate('{{ trigger.type }}').evaluate({ trigger: descriptor.sample })).toBe(descriptor.type);
    },
  );
});
