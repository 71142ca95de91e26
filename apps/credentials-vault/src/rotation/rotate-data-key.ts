import { Injectable } from '@nestjs/common';
import { AppError, type KeyStateView } from '@rpa/contracts';
import { Audit, Transactions } from '@rpa/platform';
import { DataKeys } from '../encryption/data-keys.js';
import { KeyRing } from '../encryption/key-ring.js';
import { RotationLoop } from './rotation-loop.js';
import { RotationsRepository } from './rotations.repository.js';

/** Gives an organization a new data key; what it has is brought under it in the background. */
@Injectable()
export class RotateDataKey {
  constructor(
    private readonly rotations: RotationsRepository,
    private readonly dataKeys: DataKeys,
    private readonly loop: RotationLoop,
    private readonly ring: KeyRing,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async execute(organizationId: string): Promise<KeyStateView> {
    await this.transactions.run(async () => {
      const running = await this.rotations.latest(organizationId);
      if (running && !running.finishedAt)
        throw new AppError('conflict', 'A rotation of the data key is running already; see GET /credentials/keys.');
      const version = await this.dataKeys.makeNext(organizationId);
      await this.rotations.begin(organizationId, version);
      await this.audit.record({
        action: 'data_key.rotated',
        resource: { type: 'data_key', id: organizationId },
        after: { version },
      });
    });
    this.loop.nudge();
    return this.state(organizationId);
  }

  async state(organizationId: string): Promise<KeyStateView> {
    const key = await this.rotations.keyState(organizationId);
    const rotation = await this.rotations.latest(organizationId);
    return {
      dataKey: key && { version: key.version, createdAt: key.createdAt.toISOString() },
      keyEncryptionKey: key && {
        id: key.keyEncryptionKeyId,
        current: key.keyEncryptionKeyId === this.ring.newest.id,
      },
      rotation: rotation && {
        toVersion: rotation.toVersion,
        total: rotation.total,
        remaining: rotation.finishedAt ? 0 : await this.rotations.remaining(organizationId, rotation.toVersion),
        startedAt: rotation.startedAt.toISOString(),
        finishedAt: rotation.finishedAt?.toISOString() ?? null,
      },
    };
  }
}
