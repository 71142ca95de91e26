/** What this worker can do. The descriptor goes to the catalog, `run` does the work. */
export const steps = [
  {
    descriptor: {
      type: 'acme__slugify',
      version: 1,
      title: 'Make a slug',
      summary: 'Turns a title into the last part of a URL.',
      category: 'data',
      configSchema: {
        type: 'object',
        properties: { title: { type: 'string' } },
        required: ['title'],
        additionalProperties: false,
      },
      outputSchema: { type: 'object', properties: { slug: { type: 'string' } } },
      sideEffect: { default: 'pure' },
      timeout: '5s',
      errors: [{ code: 'empty', retryable: false, meaning: 'the title has no letters' }],
      examples: [{ title: 'Plain', config: { title: 'Hello, World' }, output: { slug: 'hello-world' } }],
      pool: 'acme',
    },
    run({ config }) {
      const slug = config.title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .replace(/^-|-$/g, '');
      if (slug === '') throw Object.assign(new Error('The title has no letters.'), { code: 'empty' });
      return { slug };
    },
  },
  {
    descriptor: {
      type: 'acme__transfer',
      version: 1,
      title: 'Transfer money',
      summary: 'Stands for a call that must not happen twice and needs a credential.',
      category: 'other',
      configSchema: { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] },
      outputSchema: { type: 'object', properties: { transferred: { type: 'number' } } },
      sideEffect: { default: 'once' },
      timeout: '30s',
      errors: [{ code: 'unauthorized', retryable: false, meaning: 'the step has no credential' }],
      examples: [{ title: 'Twelve', config: { amount: 12 } }],
      credentialTypes: ['bearer'],
      pool: 'acme',
    },
    async run({ config, credential, signal }) {
      const token = (await credential())?.data.token;
      if (!token) throw Object.assign(new Error('The step has no credential.'), { code: 'unauthorized' });
      signal.throwIfAborted();
      // Here the bank would be called, with `signal`, so that a cancelled run ends the call.
      return { transferred: config.amount };
    },
  },
];
