export const NAMESPACE = 'rpa';
const GATEWAY_PORT = 3000;
const FILES_PORT = 3020;

const BASE = ['NATS_PASSWORD', 'IDENTITY_KEY', 'TRUSTED_KEYS'];
const WITH_DATABASE = [...BASE, 'DATABASE_URL'];
/**
 * `secrets`: variables that the service reads from files; `egress`: reaches the internet; `replicas`: at least two where a
 * restart must not be noticed; `clients`: services that reach `http` beside NATS; `volume`: where it keeps what must survive.
 */
export const SERVICES = [
  { name: 'gateway', probe: 3001, secrets: BASE, replicas: 2, memory: '256Mi', http: GATEWAY_PORT },
  {
    name: 'auth',
    probe: 3002,
    secrets: [...WITH_DATABASE, 'AUDIT_KEY', 'AUTH_KEY', 'REGISTRATION_TOKEN'],
    replicas: 2,
    memory: '384Mi',
    egress: true,
  },
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
  {
    name: 'storage',
    probe: 3010,
    secrets: WITH_DATABASE,
    // The folder belongs to one at a time; while it restarts, runs with large values wait.
    replicas: 1,
    memory: '384Mi',
    http: FILES_PORT,
    clients: ['gateway', 'executions', 'worker', 'ai'],
    volume: '/data',
    settings: {
      STORAGE_DIR: '/data/files',
      STORAGE_FILES_HOST: '0.0.0.0',
      STORAGE_FILES_PORT: String(FILES_PORT),
      STORAGE_FILES_URL: `http://storage:${FILES_PORT}`,
    },
  },
];
/** Services with a door of their own that the given one goes to. */
export const doorsOf = (name) => SERVICES.filter((service) => service.clients?.includes(name));

const environmentPrefix = (name) => name.toUpperCase().replaceAll('-', '_');
const secretFiles = (service) =>
  Object.fromEntries(service.secrets.map((name) => [`${name}_FILE`, `/run/rpa/${name}`]));
/** What a service gets in its environment, wherever it runs. */
export const environment = (service) => ({
  NATS_URL: 'nats://nats:4222',
  PROBE_HOST: '0.0.0.0',
  [`${environmentPrefix(service.name)}_PORT`]: String(service.probe),
  ...(service.name === 'gateway' && { HOST: '0.0.0.0', PORT: String(service.http) }),
  ...service.settings,
  ...secretFiles(service),
});

export const labels = (name) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'rpa' });
export const metadata = (name, of = name) => ({ name, namespace: NAMESPACE, labels: labels(of) });
