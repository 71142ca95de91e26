import { environment, labels, metadata } from './services.mjs';

export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: 1000,
  fsGroup: 1000,
  seccompProfile: { type: 'RuntimeDefault' },
};
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

function container(service) {
  const probe = (path, more) => ({ httpGet: { path, port: 'probes' }, timeoutSeconds: 3, ...more });
  return {
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
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: 'secrets', mountPath: '/run/rpa', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
      ...(service.volume ? [{ name: 'data', mountPath: service.volume }] : []),
    ],
  };
}

export function deployment(service) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(service.name),
    spec: {
      replicas: service.replicas,
      strategy: service.volume
        ? { type: 'Recreate' }
        : { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: { 'app.kubernetes.io/name': service.name } },
      template: {
        metadata: { labels: labels(service.name) },
        spec: {
          automountServiceAccountToken: false,
          // Else the Service of another makes variables such as AUTH_PORT=tcp://...
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 15,
          securityContext: POD_SECURITY,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: { 'app.kubernetes.io/name': service.name } },
            },
          ],
          containers: [container(service)],
          volumes: [
            { name: 'secrets', secret: { secretName: `${service.name}-secrets` } },
            { name: 'tmp', emptyDir: {} },
            ...(service.volume ? [{ name: 'data', persistentVolumeClaim: { claimName: `${service.name}-data` } }] : []),
          ],
        },
      },
    },
  };
}

export function serviceOf(service) {
  const ports = [{ name: 'probes', port: service.probe, targetPort: 'probes' }];
  if (service.http) ports.unshift({ name: 'http', port: service.http, targetPort: 'http' });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(service.name),
    spec: { selector: { 'app.kubernetes.io/name': service.name }, ports },
  };
}

export const volumeClaim = (service) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: metadata(`${service.name}-data`, service.name),
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } } },
});

export const disruptionBudget = (service) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: metadata(service.name),
  spec: { maxUnavailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': service.name } } },
});
