export { ExecutionEntity } from './execution.entity.js';
