export { OrganizationEntity } from './organization.entity.js';
export { RefreshTokenEntity } from './refresh-token.entity.js';
export { SessionEntity } from './session.entity.js';
export { UserEntity } from './user.entity.js';
export { UserRoleEntity } from './user-role.entity.js';
