import type { Fault } from '@rpa/contracts';
import ipaddr from 'ipaddr.js';
import { checkTemplate } from '../../triggers/check-template.js';
import { defineTrigger } from '../define-trigger.js';
import { readDuration } from '../schedule/read-time.js';
import { canonicalPath } from './hook-path.js';
import { WebhookConfigSchema, type WebhookConfig } from './webhook-config.js';

export const MAX_WAIT_MS = 55_000;

export const webhookTrigger = defineTrigger({
  type: 'webhook',
  title: 'Webhook',
  summary: 'Fires for requests to a URL of its own, signed or not.',
  config: WebhookConfigSchema,
  secretFields: ['secrets', 'secret'],
  ui: {
    path: { label: 'Path', placeholder: 'orders' },
    methods: { control: 'choices', label: 'Methods' },
    secrets: { control: 'secrets', label: 'Secrets', help: 'Without one, anybody who knows the URL may send' },
    signature: { control: 'choice', label: 'Signature' },
    dedupe: { control: 'expression', label: 'Same when', placeholder: '{{ trigger.payload.id }}' },
    filter: { control: 'expression', label: 'Only when', placeholder: '{{ trigger.payload.total > 100 }}' },
    respond: { control: 'choice', label: 'Answer' },
    allowFrom: { label: 'Only from', placeholder: '203.0.113.0/24' },
    allowOrigins: { label: 'Pages that may send', placeholder: 'https://shop.example' },
  },
  sample: {
    payload: { id: 'A-1', total: 120 },
    headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' },
    method: 'POST',
    path: 'orders',
    query: {},
  },
  check(config: WebhookConfig): Fault[] {
    const faults: Fault[] = [];
    for (const field of ['dedupe', 'filter'] as const) {
      const text = config[field];
      if (text === undefined) continue;
      faults.push(...checkTemplate(text, field));
      if (!text.includes('{{'))
        faults.push({ path: field, code: 'expression', message: 'must be an expression in double braces' });
    }
    const path = config.path === undefined ? '' : canonicalPath(config.path);
    if (path === null || !/^[\w.~@:+/ -]*$/.test(path))
      faults.push({
        path: 'path',
        code: 'path',
        message: 'must be segments of letters, digits and . _ ~ @ : + - joined by /',
      });
    const within = config.respondWithin === undefined ? 1 : readDuration(config.respondWithin);
    if (within === null || within > MAX_WAIT_MS)
      faults.push({ path: 'respondWithin', code: 'duration', message: 'must be a duration such as 10s, at most 55s' });
    for (const [index, range] of (config.allowFrom ?? []).entries())
      if (!ipaddr.isValid(range) && !ipaddr.isValidCIDR(range))
        faults.push({
          path: `allowFrom[${index}]`,
          code: 'address',
          message: `'${range}' is no address or range such as 203.0.113.0/24`,
        });
    if (config.signatureHeader !== undefined && config.signature !== 'hex')
      faults.push({ path: 'signatureHeader', code: 'not_allowed', message: 'goes with the signature hex only' });
    return faults;
  },
  filterOf: (config) => config.filter,
});

/** Whether an address may send. */
export function mayComeFrom(address: string, ranges: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const from = ipaddr.process(address);
  return ranges.some((range) => {
    const [network, bits] = ipaddr.isValidCIDR(range) ? ipaddr.parseCIDR(range) : [ipaddr.process(range), null];
    if (network.kind() !== from.kind()) return false;
    return bits === null ? network.toString() === from.toString() : from.match(network, bits);
  });
}
