import { environment, SERVICES } from './services.mjs';

/** docker/compose.yml: one machine. */
export function compose() {
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
        ...(service.egress && service.name !== 'ai' && { EGRESS_ALLOW: '${EGRESS_ALLOW:-}' }),
        ...(service.name === 'ai' && { ANTHROPIC_API_KEY: '${ANTHROPIC_API_KEY:-}' }),
      },
      volumes: [secretsOf(service.name), ...(service.volume ? [`${service.name}:${service.volume}`] : [])],
      ...(service.name === 'gateway' && { ports: [`127.0.0.1:${service.http}:${service.http}`] }),
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
  return { name: 'rpa', services, volumes: { postgres: {}, nats: {}, storage: {} } };
}
