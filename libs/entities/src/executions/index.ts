export { ExecutionEntity } from './execution.entity.js';
export { LegalHoldEntity } from './legal-hold.entity.js';
export { RetentionPolicyEntity } from './retention-policy.entity.js';
export { SlaBreachEntity } from './sla-breach.entity.js';
export { SlaTargetEntity } from './sla-target.entity.js';
