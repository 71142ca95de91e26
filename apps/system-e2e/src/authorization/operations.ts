import type { Client } from '../client.js';

interface OpenApiOperation {
  security?: unknown[];
  'x-permission'?: string;
  requestBody?: { content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }> };
}

/** One operation as the OpenAPI document tells it. */
export interface Operation {
  method: string;
  /** With its parameters in braces: `/api/v1/workflows/{id}`. */
  path: string;
  anonymous: boolean;
  /** Absent: every signed-in user may. */
  permission: string | null;
  /** A valid body, where it takes one. */
  body: unknown;
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** Every operation of the document, anonymous ones included. */
export async function readOperations(client: Client): Promise<Operation[]> {
  const { paths } = await client.document<{ paths: Record<string, Record<string, OpenApiOperation>> }>();
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.has(method))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        anonymous: operation.security?.length === 0,
        permission: operation['x-permission'] ?? null,
        body: exampleOf(operation),
      })),
  );
}

function exampleOf({ requestBody }: OpenApiOperation): unknown {
  const content = requestBody?.content['application/json'];
  return content?.example ?? Object.values(content?.examples ?? {})[0]?.value;
}
