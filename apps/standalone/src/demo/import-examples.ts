import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { DemoApi } from './demo-api.js';
import type { DemoRun } from './prepare-demo.js';

const EXAMPLES = fileURLToPath(new URL('../../../../examples/', import.meta.url));
/** The example that a first start runs. */
const SHOWN = 'order-report';

interface Example {
  workflow: { name: string; key: string; description?: string; definition: unknown };
  trigger?: { name: string; type: string; config: unknown; inputs?: unknown };
}

interface FinishedExecution {
  id: string;
  status: string;
  durationMs: number | null;
  output: unknown;
}

/** Imports and publishes every example with its trigger, runs one on real input and returns what came out. */
export async function importExamples(api: DemoApi, ordersUrl: string): Promise<DemoRun> {
  let shown: string | null = null;
  for (const { workflow, trigger } of readExamples()) {
    const { id } = await api.call<{ id: string }>('POST', '/workflows', workflow);
    await api.call('POST', `/workflows/${id}/publish`);
    if (trigger) await api.call('POST', '/triggers', { ...trigger, workflowId: id, enabled: true });
    if (workflow.key === SHOWN) shown = id;
  }
  if (!shown) throw new Error(`The example '${SHOWN}' is missing.`);
  const execution = await api.call<FinishedExecution>('POST', `/workflows/${shown}/execute?wait=30s`, {
    inputs: { ordersUrl: `${ordersUrl}/orders` },
  });
  return {
    workflow: SHOWN,
    executionId: execution.id,
    status: execution.status,
    durationMs: execution.durationMs,
    output: execution.output,
  };
}

function readExamples(): Example[] {
  const folders = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) => {
    const read = (file: string): unknown => {
      try {
        return parse(readFileSync(join(EXAMPLES, name, file), 'utf8'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw new Error(`examples/${name}/${file} cannot be read: ${String(error)}`, { cause: error });
      }
    };
    const workflow = read('workflow.yaml') as Example['workflow'] | undefined;
    const trigger = read('trigger.yaml') as Example['trigger'];
    return workflow ? [{ workflow, ...(trigger && { trigger }) }] : [];
  });
}
