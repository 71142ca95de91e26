import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { downloadFile, openFiles, openUpload, retainFiles, type FileTicket } from '@rpa/contracts';
import { fileIdOf, type FilesClient } from '@rpa/files';
import { eventually } from '@rpa/testing';
import { bytes, ownerOf, StorageScenario } from './support/storage-scenario.js';

const JSON_TYPE = 'application/json';
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe('Files', () => {
  let scenario: StorageScenario;
  let worker: FilesClient;

  beforeAll(async () => {
    scenario = await StorageScenario.start({ STORAGE_MAX_FILE_BYTES: String(4 * 1024 * 1024) });
    worker = await scenario.client();
  });
  afterAll(() => scenario.stop());

  const save = (text: string, owner = ownerOf(scenario.organization), contentType = JSON_TYPE) =>
    worker.save(owner, [Buffer.from(text)], contentType);
  const open = async (owner: ReturnType<typeof ownerOf>, id: string): Promise<FileTicket> => {
    const ticket = (await worker.find(owner, [id])).get(id);
    if (!ticket) throw new Error('not found');
    return ticket;
  };

  it('are there as soon as they are acknowledged, and after a restart', async () => {
    const owner = ownerOf(scenario.organization);
    const content = Buffer.concat([...bytes(3)]);
    const { $file } = await worker.save(owner, bytesOf(content), 'text/plain; charset=utf-8');
    const hash = sha256(content);
    const contentType = 'text/plain; charset=utf-8';
    const id = fileIdOf({ organizationId: owner.organizationId, sha256: hash, contentType });
    expect($file).toEqual({ id, size: content.length, contentType, sha256: hash });
    expect(sha256(readFileSync(join(scenario.dir, owner.organizationId, hash.slice(0, 2), hash)))).toBe(hash);
    await scenario.restart();
    expect((await worker.readAll(await open(owner, id))).equals(content)).toBe(true);
    const ticket = await scenario.buses.gateway.request(downloadFile, { id }, await scenario.user());
    expect(ticket).toMatchObject($file);
    expect(scenario.content().filter(({ path }) => path.startsWith('incoming'))).toEqual([]);
  });

  it('are one for the same content of an organization, and have nothing in common with those of another', async () => {
    const text = JSON.stringify({ same: randomUUID() });
    const [first, second, foreign] = [await save(text), await save(text), await save(text, ownerOf(scenario.other))];
    expect(second).toEqual(first);
    expect(foreign.$file.sha256).toBe(first.$file.sha256);
    expect(foreign.$file.id).not.toBe(first.$file.id);
    const places = scenario.content().filter(({ path }) => path.endsWith(first.$file.sha256));
    expect(places.map(({ path }) => path.split('/')[0]).sort()).toEqual(
      [scenario.organization.id, scenario.other.id].sort(),
    );
    const asOther = await scenario.user(scenario.other);
    const missing = { code: 'not_found' };
    await expect(scenario.buses.gateway.request(downloadFile, { id: first.$file.id }, asOther)).rejects.toMatchObject(
      missing,
    );
    await expect(
      scenario.buses.gateway.request(downloadFile, { id: foreign.$file.id }, await scenario.user()),
    ).rejects.toMatchObject(missing);
  });

  it('are opened for executions that refer to them only, and shared by those that do', async () => {
    const [owner, heir, stranger] = [1, 2, 3].map(() => ownerOf(scenario.organization));
    const { $file } = await save('"shared"', owner);
    const executions = await scenario.client('executions');
    expect((await worker.find(heir!, [$file.id])).size).toBe(0);
    await executions.retain(heir!, stranger!.executionId, [$file.id]);
    expect((await worker.find(heir!, [$file.id])).size).toBe(0);
    await executions.retain(heir!, owner!.executionId, [$file.id, randomUUID()]);
    expect((await worker.readAll(await open(heir!, $file.id))).toString()).toBe('"shared"');
    const foreign = { organizationId: scenario.other.id, executionId: owner!.executionId };
    expect((await worker.find(foreign, [$file.id])).size).toBe(0);
    await executions.retain(foreign, owner!.executionId);
    expect((await worker.find(foreign, [$file.id])).size).toBe(0);
    await executions.retain(stranger!, heir!.executionId);
    expect([...(await worker.find(stranger!, [$file.id])).keys()]).toEqual([$file.id]);
  });

  it('are refused when they are too large, and leave nothing behind', async () => {
    const before = scenario.content().length;
    await expect(worker.save(ownerOf(scenario.organization), bytes(6), JSON_TYPE)).rejects.toMatchObject({
      code: 'too_large',
    });
    async function* broken() {
      yield* bytes(1);
      throw new Error('the source broke');
    }
    await expect(worker.save(ownerOf(scenario.organization), broken(), JSON_TYPE)).rejects.toThrow('the source broke');
    await eventually(() => expect(scenario.content().length).toBe(before));
  });

  it('never leave storage when they are damaged', async () => {
    const owner = ownerOf(scenario.organization);
    const { $file } = await save(JSON.stringify({ amount: 100, note: randomUUID() }), owner);
    const path = join(scenario.dir, owner.organizationId, $file.sha256.slice(0, 2), $file.sha256);
    const whole = readFileSync(path);
    const damages: (() => void)[] = [
      () => writeFileSync(path, whole.toString().replace('100', '900')),
      () => writeFileSync(path, whole.subarray(0, 10)),
      () => rmSync(path),
    ];
    for (const damage of damages) {
      damage();
      const failed = await worker.readAll(await open(owner, $file.id)).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'file_damaged', message: expect.stringContaining($file.sha256) as unknown });
    }
    await save(whole.toString(), owner);
    expect((await worker.readAll(await open(owner, $file.id))).equals(whole)).toBe(true);
  });

  it('are out of reach without a ticket of storage, for another file, and outside of the folder', async () => {
    const owner = ownerOf(scenario.organization);
    const { $file } = await save('"mine"', owner);
    const { url, token } = await open(owner, $file.id);
    const statusOf = (bearer: string | null, method = 'GET', path = '') => send(url + path, method, bearer);
    expect(await statusOf(token)).toBe(200);
    expect(await statusOf(null)).toBe(401);
    expect(await statusOf(`${token.slice(0, -4)}AAAA`)).toBe(401);
    expect(await statusOf(token, 'PUT')).toBe(401);
    expect(await statusOf(token, 'DELETE')).toBe(405);
    for (const path of ['/../../etc/passwd', '/%2e%2e/x', `/${$file.sha256}`])
      expect(await statusOf(token, 'GET', path)).toBe(404);
    const claims = { org: '../..', sha: '../secrets', len: 5, typ: JSON_TYPE };
    for (const service of ['worker', 'storage'] as const) {
      const forged = await (
        await scenario.identity(service)
      ).sign(claims, { audience: 'storage-download', expiresInSeconds: 60 });
      expect(await statusOf(forged)).toBe(service === 'worker' ? 401 : 500);
    }
  });

  it('are asked for by services that may, with what can be right', async () => {
    const { gateway, worker: bus, executions } = scenario.buses;
    const upload = { executionId: randomUUID(), contentType: JSON_TYPE };
    const ids = [randomUUID()];
    const user = await scenario.user();
    const asWorker = await scenario.as('worker');
    for (const contentType of ['', 'json', 'text/html\r\nx: y', 'a/b; q="\n"', `a/${'b'.repeat(300)}`])
      await expect(bus.request(openUpload, { ...upload, contentType }, asWorker)).rejects.toMatchObject({
        code: 'validation_failed',
      });
    const many = Array.from({ length: 101 }, () => randomUUID());
    await expect(bus.request(openFiles, { executionId: ids[0]!, ids: many }, asWorker)).rejects.toMatchObject({
      code: 'validation_failed',
    });
    const retain = { executionId: randomUUID(), from: randomUUID(), ids };
    await expect(executions.request(retainFiles, retain, asWorker)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(bus.request(openUpload, upload, user)).rejects.toMatchObject({ code: 'forbidden' });
    const nobody = await scenario.user(scenario.organization, ['workflows:read']);
    await expect(gateway.request(downloadFile, { id: ids[0]! }, nobody)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(gateway.request(downloadFile, { id: ids[0]! }, user)).rejects.toMatchObject({ code: 'not_found' });
  });
});

function* bytesOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
}

function send(url: string, method: string, token: string | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    httpRequest(url, { method, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
