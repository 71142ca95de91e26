import { DNS } from './network-policy.mjs';
import { CONTAINER_SECURITY, POD_SECURITY } from './service-manifests.mjs';
import { labels, metadata } from './services.mjs';

const server = (name) => ({
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
  securityContext: CONTAINER_SECURITY,
  volumeMounts: [
    { name: 'data', mountPath: '/data' },
    { name: 'config', mountPath: '/run/rpa', readOnly: true },
  ],
});

const statefulSet = (name) => ({
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
        enableServiceLinks: false,
        securityContext: POD_SECURITY,
        containers: [server(name)],
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
});

/** One server with its stream on a volume. */
export function nats() {
  const name = 'nats';
  return [
    statefulSet(name),
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
