export { EventPublisherEntity } from './event-publisher.entity.js';
export { TriggerEntity } from './trigger.entity.js';
export { TriggerFireEntity } from './trigger-fire.entity.js';
