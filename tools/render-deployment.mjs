#!/usr/bin/env node
/**
 * Writes docker/compose.yml and k8s/*.yaml from one table; `--check` fails when they are not what it would write.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

const ROOT = join(import.meta.dirname, '..');
const HEADER = '# Written by tools/render-deployment.mjs: change the table there, then run it.\n';
const NAMESPACE = 'rpa';
const GATEWAY_PORT = 3000;

/**
 * `secrets`: variables that the service reads from files; `egress`: reaches the internet; `replicas`: at least two where a
 * restart must not be noticed.
 */
const BASE = ['NATS_PASSWORD', 'IDENTITY_KEY', 'TRUSTED_KEYS'];
const WITH_DATABASE = [...BASE, 'DATABASE_URL'];
const SERVICES = [
  { name: 'gateway', probe: 3001, secrets: BASE, replicas: 2, memory: '256Mi', http: GATEWAY_PORT },
  { name: 'auth', probe: 3002, secrets: WITH_DATABASE, replicas: 2, memory: '384Mi' },
  { name: 'workflows', probe: 3003, secrets: WITH_DATABASE, replicas: 2, memory: '384Mi' },
  { name: 'executions', probe: 3004, secrets: WITH_DATABASE, replicas: 2, memory: '512Mi' },
  { name: 'triggers', probe: 3005, secrets: [...WITH_DATABASE, 'NATS_CALLOUT_SEED'], replicas: 2, memory: '256Mi' },
  {
    name: 'credentials-vault',
    probe: 3006,
    secrets: [...WITH_DATABASE, 'CREDENTIALS_VAULT_KEY'],
    replicas: 2,
    memory: '256Mi',
  },
  { name: 'integrations', probe: 3007, secrets: WITH_DATABASE, replicas: 2, memory: '256Mi', egress: true },
  { name: 'worker', probe: 3008, secrets: BASE, replicas: 2, memory: '512Mi', egress: true },
  { name: 'ai', probe: 3009, secrets: BASE, replicas: 2, memory: '256Mi', egress: true },
];

const environmentPrefix = (name) => name.toUpperCase().replaceAll('-', '_');
const secretFiles = (service) =>
  Object.fromEntries(service.secrets.map((name) => [`${name}_FILE`, `/run/rpa/${name}`]));
const environment = (service) => ({
  NATS_URL: 'nats://nats:4222',
  PROBE_HOST: '0.0.0.0',
  [`${environmentPrefix(service.name)}_PORT`]: String(service.probe),
  ...(service.http && { HOST: '0.0.0.0', PORT: String(service.http) }),
  ...secretFiles(service),
});

function compose() {
  const secretsOf = (name) => ({ type: 'bind', source: `./secrets/${name}`, target: '/run/rpa', read_only: true });
  const services = {
    postgres: {
      image: 'postgres:18-bookworm',
      environment: { POSTGRES_USER: 'rpa', POSTGRES_DB: 'rpa', POSTGRES_PASSWORD_FILE: '/run/rpa/password' },
      volumes: ['postgres:/var/lib/postgresql', secretsOf('postgres')],
      healthcheck: { test: ['CMD', 'pg_isready', '-U', 'rpa'], interval: '2s', retries: 30 },
      restart: 'unless-stopped',
    },
    nats: {
      image: 'nats:2.14-alpine',
      command: ['-c', '/run/rpa/nats-server.conf'],
      volumes: ['nats:/data', secretsOf('nats')],
      ports: ['127.0.0.1:4222:4222'],
      healthcheck: { test: ['CMD', 'wget', '-qO-', 'http://127.0.0.1:8222/healthz'], interval: '2s', retries: 30 },
      restart: 'unless-stopped',
    },
  };
  for (const service of SERVICES)
    services[service.name] = {
      image: `rpa/${service.name}:local`,
      build: { context: '..', dockerfile: 'docker/Dockerfile', args: { APP: service.name } },
      environment: {
        ...environment(service),
        ...(service.egress && { EGRESS_ALLOW: '${EGRESS_ALLOW:-}' }),
        ...(service.name === 'ai' && { ANTHROPIC_API_KEY: '${ANTHROPIC_API_KEY:-}' }),
      },
      volumes: [secretsOf(service.name)],
      ...(service.http && { ports: [`127.0.0.1:${service.http}:${service.http}`] }),
      depends_on: {
        nats: { condition: 'service_healthy' },
        ...(service.secrets.includes('DATABASE_URL') && { postgres: { condition: 'service_healthy' } }),
      },
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
    };
  return { name: 'rpa', services, volumes: { postgres: {}, nats: {} } };
}

const labels = (name) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'rpa' });
const metadata = (name, of = name) => ({ name, namespace: NAMESPACE, labels: labels(of) });

function deployment(service) {
  const probe = (path, more) => ({ httpGet: { path, port: 'probes' }, timeoutSeconds: 3, ...more });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(service.name),
    spec: {
      replicas: service.replicas,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: { 'app.kubernetes.io/name': service.name } },
      template: {
        metadata: { labels: labels(service.name) },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 15,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            fsGroup: 1000,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: { 'app.kubernetes.io/name': service.name } },
            },
          ],
          containers: [
            {
              name: service.name,
              image: `rpa/${service.name}:0.1.0`,
              envFrom: [{ configMapRef: { name: 'rpa-settings' } }],
              env: Object.entries(environment(service)).map(([name, value]) => ({ name, value })),
              ports: [
                { name: 'probes', containerPort: service.probe },
                ...(service.http ? [{ name: 'http', containerPort: service.http }] : []),
              ],
              startupProbe: probe('/health/ready', { periodSeconds: 2, failureThreshold: 60 }),
              livenessProbe: probe('/health/live', { periodSeconds: 10, failureThreshold: 3 }),
              readinessProbe: probe('/health/ready', { periodSeconds: 5, failureThreshold: 2 }),
              resources: { requests: { cpu: '100m', memory: '160Mi' }, limits: { memory: service.memory } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              volumeMounts: [
                { name: 'secrets', mountPath: '/run/rpa', readOnly: true },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            { name: 'secrets', secret: { secretName: `${service.name}-secrets` } },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
    },
  };
}

function serviceOf(service) {
  const ports = [{ name: 'probes', port: service.probe, targetPort: 'probes' }];
  if (service.http) ports.unshift({ name: 'http', port: service.http, targetPort: 'http' });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(service.name),
    spec: { selector: { 'app.kubernetes.io/name': service.name }, ports },
  };
}

const disruptionBudget = (service) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: metadata(service.name),
  spec: { maxUnavailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': service.name } } },
});

const to = (name, port) => ({
  to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } }],
  ports: [{ protocol: 'TCP', port }],
});
const DNS = {
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
  ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })),
};
const INTERNET = {
  to: [
    {
      ipBlock: {
        cidr: '0.0.0.0/0',
        except: ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
      },
    },
  ],
};

function networkPolicy(service) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(service.name),
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': service.name } },
      policyTypes: ['Ingress', 'Egress'],
      // Kubelets probe from the node, whose address no selector names.
      ingress: [
        { ports: [service.probe, ...(service.http ? [service.http] : [])].map((port) => ({ protocol: 'TCP', port })) },
      ],
      egress: [
        DNS,
        to('nats', 4222),
        ...(service.secrets.includes('DATABASE_URL') ? [to('postgres', 5432)] : []),
        ...(service.egress ? [INTERNET] : []),
      ],
    },
  };
}

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
    data: { LOG_LEVEL: 'info', LOG_FORMAT: 'json', EGRESS_ALLOW: '', REGISTRATION: 'invite' },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata('default-deny', 'rpa'),
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  },
];

function nats() {
  const name = 'nats';
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadata(name),
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: { 'app.kubernetes.io/name': name } },
        template: {
          metadata: { labels: labels(name) },
          spec: {
            automountServiceAccountToken: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 1000,
              fsGroup: 1000,
              seccompProfile: { type: 'RuntimeDefault' },
            },
            containers: [
              {
                name,
                image: 'nats:2.14-alpine',
                args: ['-c', '/run/rpa/nats-server.conf'],
                ports: [
                  { name: 'nats', containerPort: 4222 },
                  { name: 'monitor', containerPort: 8222 },
                ],
                startupProbe: {
                  httpGet: { path: '/healthz', port: 'monitor' },
                  periodSeconds: 2,
                  failureThreshold: 60,
                },
                livenessProbe: {
                  httpGet: { path: '/healthz?js-server-only=true', port: 'monitor' },
                  periodSeconds: 15,
                },
                readinessProbe: {
                  httpGet: { path: '/healthz?js-enabled-only=true', port: 'monitor' },
                  periodSeconds: 5,
                },
                resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ['ALL'] },
                },
                volumeMounts: [
                  { name: 'data', mountPath: '/data' },
                  { name: 'config', mountPath: '/run/rpa', readOnly: true },
                ],
              },
            ],
            volumes: [{ name: 'config', secret: { secretName: 'nats-secrets' } }],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(name),
      spec: { clusterIP: 'None', selector: { 'app.kubernetes.io/name': name }, ports: [{ name: 'nats', port: 4222 }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: metadata(name),
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          { from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'rpa' } } }], ports: [{ port: 4222 }] },
          { ports: [{ port: 8222 }] },
        ],
        egress: [DNS],
      },
    },
  ];
}

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
      yaml(deployment(service), serviceOf(service), disruptionBudget(service), networkPolicy(service)),
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
