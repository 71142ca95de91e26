export { FileEntity } from './file.entity.js';
