/** The workflow of API.md section 2, against a local shop. */
export function orderWorkflow(shopUrl: string): Record<string, unknown> {
  return {
    format: 1,
    inputs: { type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] },
    variables: { attempts: 0 },
    output: '{{ steps.summary.output }}',
    settings: { timeout: '1h', priority: 5 },
    steps: [
      {
        id: 'fetch',
        name: 'Fetch the order',
        type: 'http_request',
        config: { method: 'GET', url: `${shopUrl}/orders/{{ inputs.orderId }}` },
        credential: 'shop_api',
        when: "{{ inputs.orderId != '' }}",
        timeout: '30s',
        retry: { maxAttempts: 3, backoff: 'exponential', delay: '1s', maxDelay: '60s', jitter: true },
        onError: { action: 'route', steps: ['alert'] },
        sideEffect: 'idempotent',
        next: ['check'],
      },
      {
        id: 'check',
        type: 'condition',
        config: { expression: '{{ steps.fetch.output.body.items.length > 0 }}' },
        branches: { true: ['each'], false: ['alert'] },
      },
      {
        id: 'each',
        type: 'foreach',
        config: { items: '{{ steps.fetch.output.body.items }}', concurrency: 5, onItemError: 'fail' },
        steps: [{ id: 'one', type: 'transform', config: { value: '{{ item.price * 2 }}' } }],
        next: ['summary'],
      },
      {
        id: 'alert',
        type: 'log',
        join: 'any',
        config: { level: 'warn', message: 'order {{ inputs.orderId }} needs a look' },
      },
      { id: 'summary', type: 'transform', config: { value: '{{ sum(steps.each.output) }}' } },
    ],
    ui: {},
  };
}

/** Five calls one after the other, each with its own place in the sink. */
export function fiveCalls(sinkUrl: string): Record<string, unknown> {
  const ids = ['one', 'two', 'three', 'four', 'five'];
  return {
    format: 1,
    inputs: { type: 'object', properties: { run: { type: 'string' } }, required: ['run'] },
    steps: ids.map((id, index) => ({
      id,
      type: 'http_request',
      config: { method: 'POST', url: `${sinkUrl}/{{ inputs.run }}/${id}`, body: { run: '{{ inputs.run }}' } },
      ...(index < ids.length - 1 && { next: [ids[index + 1]] }),
    })),
  };
}

export const GREETING = {
  format: 1,
  inputs: { type: 'object', properties: { orderId: { type: 'string' } } },
  steps: [{ id: 'greet', type: 'transform', config: { value: 'hello {{ inputs.orderId }}' } }],
};
