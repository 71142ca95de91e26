import { Executions1764000000000 } from './1764000000000-executions.js';
import { ExecutionLists1795373500000 } from './1795373500000-execution-lists.js';
import { ExecutionLogs1795374000000 } from './1795374000000-execution-logs.js';
import { FlowControl1795374300000 } from './1795374300000-flow-control.js';
import { Control1795374600000 } from './1795374600000-control.js';
import { Analytics1795375800000 } from './1795375800000-analytics.js';
import { Retention1795376400000 } from './1795376400000-retention.js';
import { Sla1795377000000 } from './1795377000000-sla.js';
import { StartQueuePolicies1795378500000 } from './1795378500000-start-queue-policies.js';

/** In the order in which they are run. */
export const MIGRATIONS = [
  Executions1764000000000,
  ExecutionLists1795373500000,
  ExecutionLogs1795374000000,
  FlowControl1795374300000,
  Control1795374600000,
  Analytics1795375800000,
  Retention1795376400000,
  Sla1795377000000,
  StartQueuePolicies1795378500000,
];
