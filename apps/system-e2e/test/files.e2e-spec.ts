import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type ExecutionRow } from '../src/client.js';
import { launchSystem, removeData, waitFor, type System } from '../src/launch-system.js';

const MEGABYTE = 1024 * 1024;
const LARGE = 100 * MEGABYTE;

interface FileRow {
  $file: { id: string; size: number; contentType: string; sha256: string };
}
interface FetchOutput {
  status: number;
  body: FileRow;
}

/** Gives 5 MiB of JSON at `/list`, 100 MB of text at `/large`, and counts what it gets at `/sink`. */
async function startSource(): Promise<{ url: string; address: string; list: string; got: number[]; server: Server }> {
  const rows = Array.from({ length: 40_000 }, (_, id) => ({ id, price: id % 100, note: 'n'.repeat(100) }));
  const list = JSON.stringify(rows);
  const got: number[] = [];
  const piece = Buffer.alloc(MEGABYTE, 'a line of text that is not worth much\n');
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      if (request.url === '/list') response.writeHead(200, { 'content-type': 'application/json' }).end(list);
      else if (request.url === '/large') {
        response.writeHead(200, { 'content-type': 'text/plain' });
        for (let sent = 0; sent < LARGE; sent += piece.length)
          if (!response.write(piece)) await once(response, 'drain');
        response.end();
      } else {
        let size = 0;
        for await (const chunk of request as AsyncIterable<Buffer>) size += chunk.length;
        got.push(size);
        response.end('{}');
      }
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${address}`, address, list, got, server };
}

describe('values that are too large for a message', () => {
  let source: Awaited<ReturnType<typeof startSource>>;
  let system: System;
  let client: Client;

  beforeAll(async () => {
    source = await startSource();
    system = await launchSystem({ env: { EGRESS_ALLOW: source.address } });
    client = (await new Client(system.url).register('Files')).client;
  });
  afterAll(async () => {
    await system.stop();
    removeData(system);
    source.server.closeAllConnections();
    source.server.close();
  });

  const run = async (definition: object): Promise<ExecutionRow> => {
    const workflow = await client.publish(`w ${randomUUID()}`, { format: 1, ...definition });
    const { body } = await client.post<ExecutionRow>(`/workflows/${workflow}/execute?wait=55s`, {});
    expect(body).toMatchObject({ status: 'completed' });
    return body;
  };
  const outputOf = <Output>(execution: ExecutionRow, id: string): Output =>
    execution.steps.find((step) => step.id === id)?.output as Output;
  const download = (id: string, more: Record<string, string> = {}): Promise<Response> =>
    fetch(`${system.url}/api/v1/files/${id}`, { headers: { authorization: `Bearer ${client.bearer}`, ...more } });

  it('are fetched, transformed and downloaded', async () => {
    const execution = await run({
      output: '{{ steps.notes.output }}',
      steps: [
        {
          id: 'fetch',
          type: 'http_request',
          config: { method: 'GET', url: `${source.url}/list` },
          next: ['sum', 'notes'],
        },
        { id: 'sum', type: 'transform', config: { value: '{{ sum(steps.fetch.output.body.map(i => i.price)) }}' } },
        { id: 'notes', type: 'transform', config: { value: '{{ steps.fetch.output.body.map(i => i.note) }}' } },
      ],
    });
    expect(outputOf(execution, 'sum')).toBe(400 * 4_950);
    const { status, body } = outputOf<FetchOutput>(execution, 'fetch');
    expect({ status, size: body.$file.size }).toEqual({ status: 200, size: source.list.length });
    const answer = await download(body.$file.id);
    expect(answer.status).toBe(200);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="${body.$file.id}.json"`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      etag: `"${body.$file.sha256}"`,
    });
    expect(await answer.text()).toBe(source.list);
    const { $file } = execution.output as FileRow;
    expect((await (await download($file.id)).json()) as unknown).toHaveLength(40_000);
    expect((await download($file.id, { 'if-none-match': `"${$file.sha256}"` })).status).toBe(304);
    const journal = await client.get(`/executions/${execution.id}/journal`);
    expect(JSON.stringify(journal.body).length).toBeLessThan(20_000);
  });

  it('stand in the guide as they are', async () => {
    const guide = readFileSync(new URL('../../../docs/guides/files.md', import.meta.url), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(guide)?.[1]?.replaceAll('https://api.example.com', source.url) ?? '';
    const body = `name: guide\ndefinition:\n${example.replace(/^/gm, '  ')}`;
    const created = await client.post<{ id: string }>('/workflows', body, { 'content-type': 'application/yaml' });
    expect(created.status).toBe(201);
    await client.post(`/workflows/${created.body.id}/publish`);
    const { body: execution } = await client.post<ExecutionRow>(`/workflows/${created.body.id}/execute?wait=55s`, {});
    expect(execution).toMatchObject({ status: 'completed', output: { $file: { contentType: 'application/json' } } });
    expect(outputOf(execution, 'count')).toBe(40_000);
    expect(source.got.splice(0)).toEqual([source.list.length]);
  });

  it('are nobody else’s', async () => {
    const execution = await run({
      steps: [{ id: 'make', type: 'transform', config: { value: '{{ "x".repeat(40000) }}' } }],
    });
    const { id } = outputOf<FileRow>(execution, 'make').$file;
    expect((await download(id)).status).toBe(200);
    const { client: other } = await new Client(system.url).register('Others');
    expect((await other.get(`/files/${id}`)).status).toBe(404);
    expect((await new Client(system.url).get(`/files/${id}`)).status).toBe(401);
    for (const wrong of [randomUUID(), '..%2f..%2fsecrets%2fsecrets.json', `${id}%00`])
      expect((await client.get(`/files/${wrong}`)).status).toBe(404);
    const made = await other.publish('same', {
      format: 1,
      steps: [{ id: 'make', type: 'transform', config: { value: '{{ "x".repeat(40000) }}' } }],
    });
    const same = (await other.post<ExecutionRow>(`/workflows/${made}/execute?wait=30s`, {})).body;
    expect(outputOf<FileRow>(same, 'make').$file.id).not.toBe(id);
  });

  it('of 100 MB pass through all services, a step’s body and the download in less than 150 MB of memory', async () => {
    const memory = watchMemory(system.pid);
    const execution = await run({
      steps: [
        { id: 'fetch', type: 'http_request', config: { method: 'GET', url: `${source.url}/large` }, next: ['send'] },
        {
          id: 'send',
          type: 'http_request',
          config: { method: 'POST', url: `${source.url}/sink`, body: '{{ steps.fetch.output.body }}' },
        },
      ],
    });
    const { $file } = outputOf<FetchOutput>(execution, 'fetch').body;
    expect($file.size).toBe(LARGE);
    expect(source.got).toEqual([LARGE]);
    const hash = createHash('sha256');
    const answer = await download($file.id);
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) hash.update(chunk);
    expect(hash.digest('hex')).toBe($file.sha256);
    const more = memory.stop();
    expect(more / MEGABYTE).toBeLessThan(150);
  });

  it('are there after everything was killed', async () => {
    const execution = await run({
      steps: [{ id: 'make', type: 'transform', config: { value: '{{ "y".repeat(50000) }}' } }],
    });
    await system.kill();
    system = await launchSystem({ like: system, env: { EGRESS_ALLOW: source.address } });
    await waitFor(async () => (await fetch(`${system.url}/api/health/ready`)).status === 200, 30_000, system.output);
    const answer = await download(outputOf<FileRow>(execution, 'make').$file.id);
    expect(await answer.json()).toBe('y'.repeat(50_000));
  });
});

/** How much the resident memory of a process grows, looked at all the time, in bytes. */
function watchMemory(pid: number): { stop(): number } {
  const look = (): number =>
    Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  const start = look();
  let most = start;
  const looking = setInterval(() => (most = Math.max(most, look())), 20);
  return {
    stop() {
      clearInterval(looking);
      return Math.max(most, look()) - start;
    },
  };
}
