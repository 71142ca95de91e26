import { Injectable } from '@nestjs/common';
import { existExecutions } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Identity } from '@rpa/platform';
import { ContentFolder } from '../disk/content-folder.js';
import { FilesRepository } from '../files/files.repository.js';
import { ReferencesRepository } from './references.repository.js';

const DAY_MS = 86_400_000;
const BITE = 500;

export interface Collected {
  /** References of executions that are gone. */
  references: number;
  files: number;
  /** Content that no row knew, and uploads that never came to an end. */
  strays: number;
}

/**
 * Makes room: gives up references of executions that do not exist (deleted, or a start that never became durable), files
 * that nobody has referred to for a day, and what crashes have left in the folder.
 */
@Injectable()
export class CollectFiles {
  constructor(
    private readonly references: ReferencesRepository,
    private readonly files: FilesRepository,
    private readonly folder: ContentFolder,
    private readonly bus: Bus,
    private readonly identity: Identity,
  ) {}

  /** `ageMs`: how long everything of it must have been so. */
  async execute(ageMs = DAY_MS): Promise<Collected> {
    const references = await this.releaseGone(ageMs);
    const files = await this.forgetFiles(ageMs);
    return { references, files, strays: await this.removeStrays(ageMs) };
  }

  private async releaseGone(ageMs: number): Promise<number> {
    let released = 0;
    for (;;) {
      const due = await this.references.due(ageMs, BITE);
      if (due.size === 0) return released;
      for (const [organizationId, ids] of due) {
        const principal = await this.identity.serviceToken({ id: organizationId });
        const kept = new Set((await this.bus.request(existExecutions, { ids }, { principal })).ids);
        const gone = ids.filter((id) => !kept.has(id));
        if (gone.length > 0) released += await this.files.release(organizationId, gone);
        await this.references.confirm(organizationId, [...kept]);
      }
    }
  }

  private async forgetFiles(ageMs: number): Promise<number> {
    let forgotten = 0;
    for (;;) {
      const found = await this.references.unreferenced(ageMs, BITE);
      for (const file of found)
        if (await this.references.forget(file, ageMs, () => this.folder.remove(file.organizationId, file.sha256)))
          forgotten++;
      if (found.length < BITE) return forgotten;
    }
  }

  private async removeStrays(ageMs: number): Promise<number> {
    let removed = await this.folder.forgetIncoming(ageMs);
    for await (const { organizationId, sha256s } of this.folder.placed(ageMs))
      removed += await this.references.removeUnknown(organizationId, sha256s, (sha256) =>
        this.folder.remove(organizationId, sha256),
      );
    return removed;
  }
}
