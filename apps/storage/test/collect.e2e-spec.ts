import { randomUUID } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { releaseFiles, type FileReference } from '@rpa/contracts';
import type { FilesClient } from '@rpa/files';
import { CollectFiles } from '../src/collect/collect-files.js';
import { ownerOf, StorageScenario } from './support/storage-scenario.js';

const NOTHING = { references: 0, files: 0, strays: 0 };
const TWO_DAYS_AGO = Date.now() / 1_000 - 2 * 86_400;

describe('Collecting files', () => {
  let scenario: StorageScenario;
  let worker: FilesClient;

  beforeAll(async () => {
    scenario = await StorageScenario.start();
    worker = await scenario.client();
  });
  afterAll(() => scenario.stop());

  const collect = () => scenario.service.app.get(CollectFiles).execute();
  const newOwner = () => {
    const owner = ownerOf(scenario.organization);
    scenario.kept.add(owner.executionId);
    return owner;
  };
  const save = (owner: ReturnType<typeof ownerOf>, text: string, contentType = 'application/json') =>
    worker.save(owner, [Buffer.from(text)], contentType);
  const release = async (...owners: ReturnType<typeof ownerOf>[]) => {
    const executionIds = owners.map((owner) => owner.executionId);
    return scenario.buses.executions.request(releaseFiles, { executionIds }, await scenario.as('executions'));
  };
  const age = async (file: FileReference, hours: number) => {
    const ago = `now() - interval '${hours} hours'`;
    const { id } = file.$file;
    await scenario.rows.query(
      `UPDATE storage.files SET unreferenced_since = ${ago} WHERE id = $1
      AND unreferenced_since IS NOT NULL`,
      [id],
    );
    await scenario.rows.query(`UPDATE storage.file_references SET checked_at = ${ago} WHERE file_id = $1`, [id]);
  };
  const isOnDisk = ({ $file }: FileReference) => scenario.content().some(({ path }) => path.endsWith($file.sha256));

  it('takes those that nobody has referred to for a day, and no others', async () => {
    const [one, two] = [newOwner(), newOwner()];
    const file = await save(one, `"${randomUUID()}"`);
    await save(two, '"other"');
    await (await scenario.client('executions')).retain(two, one.executionId, [file.$file.id]);
    expect(await release(one)).toEqual({ released: 1 });
    await age(file, 48);
    expect(await collect()).toEqual(NOTHING);
    expect(await release(two)).toEqual({ released: 2 });
    await age(file, 23);
    expect(await collect()).toEqual(NOTHING);
    expect(isOnDisk(file)).toBe(true);
    await age(file, 25);
    expect(await collect()).toEqual({ ...NOTHING, files: 1 });
    expect(isOnDisk(file)).toBe(false);
    expect(await release(one)).toEqual({ released: 0 });
  });

  it('leaves a file that is referred to again, and content that another file needs', async () => {
    const text = `"${randomUUID()}"`;
    const [one, two, three] = [newOwner(), newOwner(), newOwner()];
    const json = await save(one, text);
    const plain = await save(two, text, 'text/plain');
    expect(plain.$file.id).not.toBe(json.$file.id);
    await release(one, two);
    await age(json, 48);
    await age(plain, 48);
    expect(await save(three, text, 'text/plain')).toEqual(plain);
    expect(await collect()).toEqual({ ...NOTHING, files: 1 });
    expect(isOnDisk(plain)).toBe(true);
    const ticket = (await worker.find(three, [plain.$file.id])).get(plain.$file.id);
    expect((await worker.readAll(ticket!)).toString()).toBe(text);
  });

  it('asks by itself which executions exist: a release that was lost and a start that never was leave nothing', async () => {
    const [alive, lost] = [newOwner(), newOwner()];
    const kept = await save(alive, `"${randomUUID()}"`);
    const left = await save(lost, `"${randomUUID()}"`);
    scenario.kept.delete(lost.executionId);
    expect(await collect()).toEqual(NOTHING);
    await age(kept, 25);
    await age(left, 25);
    expect(await collect()).toEqual({ ...NOTHING, references: 1 });
    await age(left, 25);
    expect(await collect()).toEqual({ ...NOTHING, files: 1 });
    expect([isOnDisk(kept), isOnDisk(left)]).toEqual([true, false]);
  });

  it('another organization releases nothing', async () => {
    const owner = newOwner();
    await save(owner, `"${randomUUID()}"`);
    const asOther = await scenario.as('executions', scenario.other.id);
    const released = scenario.buses.executions.request(releaseFiles, { executionIds: [owner.executionId] }, asOther);
    expect(await released).toEqual({ released: 0 });
  });

  it('removes what crashes have left: uploads without an end, and content whose row was never committed', async () => {
    const sha256 = 'ab'.repeat(32);
    const folder = join(scenario.dir, scenario.organization.id, 'ab');
    mkdirSync(folder, { recursive: true });
    const [old, fresh, placed] = [
      join(scenario.dir, 'incoming', randomUUID()),
      join(scenario.dir, 'incoming', randomUUID()),
      join(folder, sha256),
    ];
    for (const path of [old, fresh, placed]) writeFileSync(path, 'half');
    for (const path of [old, placed]) utimesSync(path, TWO_DAYS_AGO, TWO_DAYS_AGO);
    expect(await collect()).toEqual({ ...NOTHING, strays: 2 });
    const paths = scenario.content().map(({ path }) => join(scenario.dir, path));
    expect(paths).toContain(fresh);
    expect(paths).not.toContain(placed);
  });

  it('holds out against savers and collectors at once: what is acknowledged is there', async () => {
    const text = `"${randomUUID()}"`;
    for (let round = 0; round < 15; round++) {
      const before = newOwner();
      const file = await save(before, text);
      await release(before);
      await age(file, 48);
      const after = newOwner();
      const [, again] = await Promise.all([collect(), save(after, text)]);
      const ticket = (await worker.find(after, [again.$file.id])).get(again.$file.id);
      expect((await worker.readAll(ticket!)).toString()).toBe(text);
      await release(after);
    }
  });
});
