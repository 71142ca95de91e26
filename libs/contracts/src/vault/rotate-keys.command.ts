import { defineCommand } from '../messages/define-command.js';
import { JsonField } from '../messages/fields.js';

/** Rows that are brought under a new data key, while they stay readable. */
export interface KeyRotationView {
  toVersion: number;
  /** Values and tokens that there were at the start. */
  total: number;
  remaining: number;
  startedAt: string;
  finishedAt: string | null;
}

export class KeyStateView {
  /** Null until the organization has its first credential. */
  @JsonField()
  dataKey!: { version: number; createdAt: string } | null;

  /** What the data key is wrapped with. `current` false: the installation's new key is on its way to it. */
  @JsonField()
  keyEncryptionKey!: { id: string; current: boolean } | null;

  /** The last rotation of the data key. */
  @JsonField()
  rotation!: KeyRotationView | null;
}

export class KeyStateRequest {}

const EXAMPLE: KeyStateView = {
  dataKey: { version: 2, createdAt: '2026-01-01T00:00:00.000Z' },
  keyEncryptionKey: { id: '5f2ab1c09d3e4f60', current: true },
  rotation: {
    toVersion: 2,
    total: 120,
    remaining: 0,
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:01.000Z',
  },
};

export const getKeyState = defineCommand({
  subject: 'rpc.credentials-vault.v1.data-key.get',
  owner: 'credentials-vault',
  summary: 'Which keys the credentials are encrypted with, and how far a rotation is',
  access: { permission: 'credentials:read' },
  request: KeyStateRequest,
  reply: KeyStateView,
  example: { request: {}, reply: EXAMPLE },
});

export const rotateDataKey = defineCommand({
  subject: 'rpc.credentials-vault.v1.data-key.rotate',
  owner: 'credentials-vault',
  summary: "Encrypt the organization's credentials with a new data key, in the background",
  access: { permission: 'credentials:write' },
  audit: 'data_key.rotated',
  request: KeyStateRequest,
  reply: KeyStateView,
  example: { request: {}, reply: EXAMPLE },
});
