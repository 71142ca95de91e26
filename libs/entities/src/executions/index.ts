export { ExecutionEntity } from './execution.entity.js';
export { LegalHoldEntity } from './legal-hold.entity.js';
export { RetentionPolicyEntity } from './retention-policy.entity.js';
