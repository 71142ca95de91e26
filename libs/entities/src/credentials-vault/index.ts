export { CredentialEntity } from './credential.entity.js';
