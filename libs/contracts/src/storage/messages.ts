import { releaseFiles, retainFiles } from './keep-files.command.js';
import { downloadFile, openFiles, openUpload } from './transfer-files.command.js';

export * from './keep-files.command.js';
export { FileTicket, StoredFile } from './stored-file.js';
export * from './transfer-files.command.js';

export const STORAGE_COMMANDS = [openUpload, openFiles, downloadFile, retainFiles, releaseFiles] as const;
