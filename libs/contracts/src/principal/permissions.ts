/** Everything a role or an API key can be allowed, with its meaning. */
export const PERMISSIONS = {
  'workflows:read': 'See workflows, versions and step types',
  'workflows:write': 'Create and change workflows and their drafts',
  'workflows:delete': 'Delete and restore workflows',
  'workflows:execute': 'Start workflows',
  'workflows:publish': 'Publish, unpublish and archive workflows',
  'executions:read': 'See executions, their steps, journal and logs',
  'executions:cancel': 'Cancel, pause, resume, signal and decide',
  'executions:retry': 'Retry and rerun executions',
  'triggers:read': 'See triggers and their fires',
  'triggers:write': 'Create and change triggers, fire them, hand out event publishers',
  'credentials:read': 'See which credentials exist, never their values',
  'credentials:write': 'Create, change, rotate and delete credentials',
  'integrations:read': 'See integrations and their health',
  'integrations:write': 'Create, change, check and delete integrations',
  'agents:read': 'See agents and their tasks',
  'agents:write': 'Register and change agents',
  'users:read': 'See users, roles and API keys',
  'users:write': 'Invite and change users, roles and API keys',
  'analytics:read': 'See analytics and reports',
  'settings:read': 'See the settings of the organization',
  'settings:write': 'Change the settings of the organization',
  'notifications:read': 'See notifications and channels',
  'notifications:write': 'Configure notification channels',
  'audit:read': 'Read and verify the audit log',
  'ai:use': 'Use the AI routes',
} as const;
export type Permission = keyof typeof PERMISSIONS;

const ALL = Object.keys(PERMISSIONS) as Permission[];
const READ = ALL.filter((permission) => permission.endsWith(':read'));

/** What the system roles allow; custom roles are rows of their organization. */
export const SYSTEM_ROLES = {
  owner: ALL,
  admin: ALL.filter((permission) => permission !== 'settings:write'),
  editor: [
    ...READ.filter((permission) => !['audit:read', 'users:read', 'settings:read'].includes(permission)),
    'workflows:write',
    'workflows:delete',
    'workflows:execute',
    'workflows:publish',
    'executions:cancel',
    'executions:retry',
    'triggers:write',
    'credentials:write',
    'integrations:write',
    'ai:use',
  ] as Permission[],
  operator: [
    'workflows:read',
    'workflows:execute',
    'executions:read',
    'executions:cancel',
    'executions:retry',
    'triggers:read',
    'integrations:read',
    'analytics:read',
    'notifications:read',
  ] as Permission[],
  viewer: ['workflows:read', 'executions:read', 'triggers:read', 'integrations:read', 'analytics:read'] as Permission[],
} as const satisfies Record<string, readonly Permission[]>;
export type SystemRole = keyof typeof SYSTEM_ROLES;
