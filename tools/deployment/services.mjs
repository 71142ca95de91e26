export const NAMESPACE = 'rpa';
const GATEWAY_PORT = 3000;

const BASE = ['NATS_PASSWORD', 'IDENTITY_KEY', 'TRUSTED_KEYS'];
const WITH_DATABASE = [...BASE, 'DATABASE_URL'];
/**
 * `secrets`: variables that the service reads from files; `egress`: reaches the internet; `replicas`: at least two where a
 * restart must not be noticed.
 */
export const SERVICES = [
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
/** What a service gets in its environment, wherever it runs. */
export const environment = (service) => ({
  NATS_URL: 'nats://nats:4222',
  PROBE_HOST: '0.0.0.0',
  [`${environmentPrefix(service.name)}_PORT`]: String(service.probe),
  ...(service.http && { HOST: '0.0.0.0', PORT: String(service.http) }),
  ...secretFiles(service),
});

export const labels = (name) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'rpa' });
export const metadata = (name, of = name) => ({ name, namespace: NAMESPACE, labels: labels(of) });
