const KEY = {
  name: 'key',
  in: 'path',
  required: true,
  schema: { type: 'string' },
  description: 'Unguessable part of the URL',
};
const PATH = {
  name: 'path',
  in: 'path',
  required: true,
  schema: { type: 'string' },
  description: 'Path of the trigger, of any depth',
};
const ANYTHING = { description: 'As the trigger is configured', content: { '*/*': { schema: {} } } };
const PROBLEM = { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

function operations(operationId: string, summary: string): object {
  return Object.fromEntries(
    METHODS.map((method) => [
      method,
      {
        operationId: `${operationId}.${method}`,
        tags: ['webhooks'],
        summary,
        security: [],
        parameters: [KEY, PATH],
        ...(method !== 'get' && method !== 'delete' && { requestBody: { content: { '*/*': { schema: {} } } } }),
        responses: {
          200: { ...ANYTHING, description: 'What the run or its respond step gave' },
          202: {
            description: 'Kept, and on its way to the workflow',
            content: {
              'application/json': { schema: { type: 'object', properties: { executionId: { type: 'string' } } } },
            },
          },
          204: { description: 'The run is done and gave nothing' },
          401: { description: 'The signature is missing, wrong or too old', ...PROBLEM },
          403: { description: 'The address may not send here', ...PROBLEM },
          404: { description: 'No webhook has this URL, or its trigger is disabled', ...PROBLEM },
          405: { description: 'The webhook does not take this method', ...PROBLEM },
          409: { description: 'The workflow is not published; the request is kept', ...PROBLEM },
          413: { description: 'The body is too large', ...PROBLEM },
          422: { description: 'The workflow refused the inputs; the request is kept', ...PROBLEM },
          503: { description: 'Too much work at the moment; nothing was kept', ...PROBLEM },
        },
      },
    ]),
  );
}

/** Webhooks in the documentation; they are no routes of the API, since their callers know nothing of it. */
export const HOOK_PATHS: Readonly<Record<string, object>> = {
  '/hooks/{key}/{path}': operations('hooks.receive', 'Send to a webhook'),
  '/api/v1/triggers/webhooks/{key}/{path}': operations('webhooks.receive', 'Send to a webhook, below the API'),
  '/hooks-test/{key}/{path}': operations('hooks.capture', 'Send to a webhook to look at what arrives'),
};
