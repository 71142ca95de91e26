/** The services of the platform; each has its own NATS user, identity key and (where it keeps rows) PostgreSQL schema. */
export const SERVICES = [
  'gateway',
  'auth',
  'workflows',
  'executions',
  'triggers',
  'credentials-vault',
  'integrations',
  'worker',
  'ai',
  'storage',
] as const;
export type ServiceName = (typeof SERVICES)[number];
