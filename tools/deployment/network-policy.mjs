import { doorsOf, metadata } from './services.mjs';

const to = (name, port) => ({
  to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } }],
  ports: [{ protocol: 'TCP', port }],
});
const from = (names, port) => ({
  from: names.map((name) => ({ podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } })),
  ports: [{ protocol: 'TCP', port }],
});
export const DNS = {
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

export function networkPolicy(service) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(service.name),
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': service.name } },
      policyTypes: ['Ingress', 'Egress'],
      // Kubelets probe from the node, whose address no selector names.
      ingress: [
        {
          ports: [service.probe, ...(service.http && !service.clients ? [service.http] : [])].map((port) => ({
            protocol: 'TCP',
            port,
          })),
        },
        ...(service.clients ? [from(service.clients, service.http)] : []),
      ],
      egress: [
        DNS,
        to('nats', 4222),
        ...(service.secrets.includes('DATABASE_URL') ? [to('postgres', 5432)] : []),
        ...doorsOf(service.name).map((door) => to(door.name, door.http)),
        ...(service.egress ? [INTERNET] : []),
      ],
    },
  };
}
