import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import { v7 as newId } from 'uuid';
import { createLogger } from '../log/logger.js';
import { Database } from './database.js';
import { encodeCursor } from './cursor.js';
import { TenantRepository, type TenantRow } from './tenant-repository.js';
import { Transactions } from './transactions.js';

interface Note extends TenantRow {
  name: string;
}

class NoteRow implements Note {
  id!: string;
  organizationId!: string;
  createdAt!: Date;
  updatedAt!: Date;
  deletedAt!: Date | null;
  name!: string;
}

const NoteSchema = new EntitySchema<NoteRow>({
  name: 'note',
  target: NoteRow,
  tableName: 'notes',
  columns: {
    id: { type: 'uuid', primary: true },
    organizationId: { type: 'uuid', name: 'organization_id' },
    createdAt: { type: 'timestamptz', name: 'created_at', createDate: true, precision: 3 },
    updatedAt: { type: 'timestamptz', name: 'updated_at', updateDate: true, precision: 3 },
    deletedAt: { type: 'timestamptz', name: 'deleted_at', deleteDate: true, precision: 3, nullable: true },
    name: { type: 'text' },
  },
});

class Notes1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE notes_of.notes (
      id uuid PRIMARY KEY, organization_id uuid NOT NULL, name text NOT NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(), updated_at timestamptz(3) NOT NULL DEFAULT now(),
      deleted_at timestamptz(3))`);
    await runner.query(
      'CREATE UNIQUE INDEX notes_name ON notes_of.notes (organization_id, name) WHERE deleted_at IS NULL',
    );
  }
  async down(): Promise<void> {}
}

describe('TenantRepository', () => {
  const [ours, theirs] = [randomUUID(), randomUUID()];
  let test: TestDatabase;
  let database: Database;
  let notes: TenantRepository<NoteRow>;
  let foreign: NoteRow;

  beforeAll(async () => {
    test = await createTestDatabase('tenants');
    database = await Database.open({
      url: test.url,
      schema: 'notes_of',
      poolSize: 2,
      entities: [NoteSchema as never],
      migrations: [Notes1700000000001],
      requireDurable: false,
      service: 'auth',
      logger: createLogger({ service: 'auth', level: 'silent', format: 'json' }),
    });
    notes = new TenantRepository(new Transactions(database), NoteRow, 'note');
    foreign = await notes.insert(theirs, { id: newId(), name: 'theirs' });
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  const stored = async (id: string) =>
    (await database.pool.query<Record<string, unknown>>('SELECT * FROM notes_of.notes WHERE id = $1', [id])).rows[0];

  it('writes a row and reads it back', async () => {
    const row = await notes.insert(ours, { id: newId(), name: 'first' });
    expect(row.createdAt).toBeInstanceOf(Date);
    expect(await notes.get(ours, row.id)).toEqual(row);
    await notes.update(ours, row.id, { name: 'changed' });
    const changed = await notes.get(ours, row.id);
    expect(changed.name).toBe('changed');
    expect(changed.updatedAt.getTime()).toBeGreaterThanOrEqual(row.updatedAt.getTime());
  });

  it('shows nothing of another organization, in no method', async () => {
    const missing = { code: 'not_found' };
    const { id } = foreign;
    await expect(notes.get(ours, id)).rejects.toMatchObject(missing);
    await expect(notes.update(ours, id, { name: 'stolen' })).rejects.toMatchObject(missing);
    await expect(notes.softDelete(ours, id)).rejects.toMatchObject(missing);
    await notes.softDelete(theirs, id);
    await expect(notes.restore(ours, id)).rejects.toMatchObject(missing);
    await notes.restore(theirs, id);
    const sneaky = { organizationId: theirs } as never;
    expect(await notes.find(ours, { ...(sneaky as object), id } as never)).toBeNull();
    expect((await notes.findMany(ours, sneaky)).map((row) => row.organizationId)).not.toContain(theirs);
    expect((await notes.page(ours, sneaky, {})).data.map((row) => row.organizationId)).not.toContain(theirs);
    expect(await stored(id)).toMatchObject({ name: 'theirs', organization_id: theirs, deleted_at: null });
  });

  it('can neither overwrite nor move a row across organizations', async () => {
    await expect(notes.insert(ours, { id: foreign.id, name: 'mine now' })).rejects.toThrow(/duplicate key/);
    const own = await notes.insert(ours, { id: newId(), name: 'own', organizationId: theirs });
    expect(own.organizationId).toBe(ours);
    await expect(notes.update(ours, own.id, { organizationId: theirs })).rejects.toThrow(/never change/);
    await expect(notes.update(ours, own.id, { id: newId() })).rejects.toThrow(/never change/);
    expect(await stored(own.id)).toMatchObject({ organization_id: ours });
    expect(await stored(foreign.id)).toMatchObject({ organization_id: theirs, name: 'theirs' });
  });

  it('never takes a missing organization for all of them', async () => {
    for (const nobody of ['', undefined as never, null as never]) {
      await expect(notes.find(nobody, {})).rejects.toThrow();
      await expect(notes.findMany(nobody, {})).rejects.toThrow();
      await expect(notes.page(nobody, {}, {})).rejects.toThrow();
      await expect(notes.get(nobody, foreign.id)).rejects.toThrow();
      await expect(notes.update(nobody, foreign.id, { name: 'x' })).rejects.toThrow();
      await expect(notes.softDelete(nobody, foreign.id)).rejects.toThrow();
      await expect(notes.restore(nobody, foreign.id)).rejects.toThrow();
      await expect(notes.insert(nobody, { id: newId(), name: 'x' })).rejects.toThrow();
    }
  });

  it('deletes softly, hides what is deleted, and restores it unless its name is taken', async () => {
    const row = await notes.insert(ours, { id: newId(), name: 'unique' });
    await notes.softDelete(ours, row.id);
    await expect(notes.get(ours, row.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(notes.update(ours, row.id, { name: 'ghost' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(notes.softDelete(ours, row.id)).rejects.toMatchObject({ code: 'not_found' });
    const other = await notes.insert(ours, { id: newId(), name: 'unique' });
    await expect(notes.restore(ours, row.id)).rejects.toThrow(/duplicate key/);
    await notes.softDelete(ours, other.id);
    expect(await notes.restore(ours, row.id)).toMatchObject({ id: row.id, name: 'unique', deletedAt: null });
    await expect(notes.restore(ours, row.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('pages newest first without a row twice, and refuses a forged cursor', async () => {
    const organization = randomUUID();
    for (let index = 0; index < 7; index++) await notes.insert(organization, { id: newId(), name: `n${index}` });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await notes.page(organization, {}, { limit: 3, ...(cursor && { cursor }) });
      names.push(...page.data.map((row) => row.name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(names).toEqual(['n6', 'n5', 'n4', 'n3', 'n2', 'n1', 'n0']);
    for (const forged of ['x', encodeCursor('-'.repeat(36)), encodeCursor("' OR 1=1 --"), encodeCursor('')])
      await expect(notes.page(organization, {}, { cursor: forged || 'x' })).rejects.toMatchObject({
        code: 'validation_failed',
      });
  });

  it('takes a cursor only for the list that gave it: same organization, conditions and order', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    for (const organization of [one, one, one, other])
      await notes.insert(organization, { id: newId(), name: `n${Math.random()}` });
    const { nextCursor } = await notes.page(one, {}, { limit: 1 });
    const cursor = nextCursor ?? '';
    expect((await notes.page(one, {}, { limit: 5, cursor })).data).toHaveLength(2);
    const refused = { code: 'validation_failed', errors: [{ path: 'cursor', code: 'cursor' }] };
    await expect(notes.page(other, {}, { cursor })).rejects.toMatchObject(refused);
    await expect(notes.page(one, { name: 'n' }, { cursor })).rejects.toMatchObject(refused);
    await expect(notes.page(one, {}, { cursor, sort: 'name' })).rejects.toMatchObject(refused);
  });

  it.each(['name', '-name', 'createdAt', '-updatedAt'])('sorts by %s, each row once', async (sort) => {
    const organization = randomUUID();
    const inserted: string[] = [];
    for (const name of ['b', 'a', 'd', 'c', 'ä']) {
      inserted.push(name);
      await notes.insert(organization, { id: newId(), name });
    }
    const whole = (await notes.page(organization, {}, { sort })).data.map((row) => row.name);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await notes.page(organization, {}, { limit: 2, sort, ...(cursor && { cursor }) });
      paged.push(...page.data.map((row) => row.name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(paged).toEqual(whole);
    expect([...paged].sort()).toEqual([...inserted].sort());
    if (sort === 'createdAt') expect(paged).toEqual(inserted);
    if (sort === 'name') expect(paged.indexOf('a')).toBeLessThan(paged.indexOf('d'));
    if (sort === '-name') expect(paged.indexOf('a')).toBeGreaterThan(paged.indexOf('d'));
    await expect(notes.page(organization, {}, { sort: 'name; DROP' })).rejects.toThrow(/to sort by/);
  });

  it('treats a malformed id as unknown', async () => {
    await expect(notes.get(ours, "x' OR 1=1")).rejects.toMatchObject({ code: 'not_found' });
  });
});
