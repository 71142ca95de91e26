import { Module } from '@nestjs/common';
import { CONFIG } from '@rpa/platform';
import { CollectFiles } from './collect/collect-files.js';
import { CollectHourly } from './collect/collect-hourly.js';
import { ReferencesRepository } from './collect/references.repository.js';
import { ContentFolder } from './disk/content-folder.js';
import { FilesMessages } from './files/files.messages.js';
import { FilesRepository } from './files/files.repository.js';
import { ReadFile } from './files/read-file.js';
import { SaveFile } from './files/save-file.js';
import type { StorageConfig } from './storage.config.js';
import { TransferServer } from './transfer/transfer-server.js';
import { TransferTickets } from './transfer/transfer-tickets.js';

@Module({
  controllers: [FilesMessages],
  providers: [
    { provide: ContentFolder, inject: [CONFIG], useFactory: ({ dir }: StorageConfig) => new ContentFolder(dir) },
    FilesRepository,
    ReferencesRepository,
    SaveFile,
    ReadFile,
    TransferTickets,
    TransferServer,
    CollectFiles,
    CollectHourly,
  ],
})
export class StorageModule {}
