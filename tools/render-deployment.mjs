#!/usr/bin/env node
/**
 * Writes docker/compose.yml and k8s/*.yaml from one table (tools/deployment/services.mjs); `--check` fails when they are not
 * what it would write.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { compose } from './deployment/compose.mjs';
import { nats } from './deployment/nats-manifests.mjs';
import { networkPolicy } from './deployment/network-policy.mjs';
import { deployment, disruptionBudget, serviceOf, volumeClaim } from './deployment/service-manifests.mjs';
import { metadata, NAMESPACE, SERVICES } from './deployment/services.mjs';

const ROOT = join(import.meta.dirname, '..');
const HEADER = '# Written by tools/render-deployment.mjs: change the table in tools/deployment, then run it.\n';

/** Where browsers reach the gateway of the cluster; to be set before it is installed. */
const PUBLIC_URL = 'https://rpa.example.com';

const COMMON = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata('rpa-settings', 'rpa'),
    data: { LOG_LEVEL: 'info', LOG_FORMAT: 'json', EGRESS_ALLOW: '', REGISTRATION: 'invite', PUBLIC_URL },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata('default-deny', 'rpa'),
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  },
];

const yaml = (...documents) =>
  HEADER +
  documents.map((document) => stringify(document, { lineWidth: 120, aliasDuplicateObjects: false })).join('---\n');

const rendered = {
  'docker/compose.yml': yaml(compose()),
  'k8s/common.yaml': yaml(...COMMON),
  'k8s/nats.yaml': yaml(...nats()),
  ...Object.fromEntries(
    SERVICES.map((service) => [
      `k8s/${service.name}.yaml`,
      yaml(
        ...(service.volume ? [volumeClaim(service)] : []),
        deployment(service),
        serviceOf(service),
        disruptionBudget(service),
        networkPolicy(service),
      ),
    ]),
  ),
};

const check = process.argv.includes('--check');
const stale = Object.entries(rendered).filter(([file, content]) => {
  const path = join(ROOT, file);
  const current = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (current !== content && !check) writeFileSync(path, content);
  return current !== content;
});
if (check && stale.length > 0) {
  console.error(`Not current: ${stale.map(([file]) => file).join(', ')}. Run: node tools/render-deployment.mjs`);
  process.exit(1);
}
console.log(check ? 'Deployment files are current' : `Wrote ${Object.keys(rendered).length} files`);
