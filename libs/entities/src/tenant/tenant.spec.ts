import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { getMetadataArgsStorage } from 'typeorm';
import { TenantEntity } from './index.js';

describe('TenantEntity', () => {
  it('gives every row its key, its organization and its times, in the columns that migrations make', () => {
    const columns = getMetadataArgsStorage().columns.filter((column) => column.target === TenantEntity);
    const seen = columns.map(({ mode, options }) => [options.name ?? 'id', options.type, mode]);
    expect(seen).toEqual([
      ['id', 'uuid', 'regular'],
      ['organization_id', 'uuid', 'regular'],
      ['created_at', 'timestamptz', 'createDate'],
      ['updated_at', 'timestamptz', 'updateDate'],
      ['deleted_at', 'timestamptz', 'deleteDate'],
    ]);
    expect(columns.filter(({ options }) => options.primary).map(({ propertyName }) => propertyName)).toEqual(['id']);
  });
});
