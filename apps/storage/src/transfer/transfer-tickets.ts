import { Injectable } from '@nestjs/common';
import { AppError, type FileTicket, type StoredFile } from '@rpa/contracts';
import { Identity } from '@rpa/platform';
import type { Content } from '../files/read-file.js';
import type { Upload } from '../files/save-file.js';

const UPLOAD = 'storage-upload';
const DOWNLOAD = 'storage-download';
const SECONDS = 120;

/** Permissions for the door for bytes: signed by this service, for one file, for two minutes. */
@Injectable()
export class TransferTickets {
  /** Where the door is; known when it listens. */
  url = '';

  constructor(private readonly identity: Identity) {}

  async forUpload({ organizationId, executionId, contentType }: Upload): Promise<{ url: string; token: string }> {
    const claims = { org: organizationId, exe: executionId, typ: contentType };
    return { url: this.url, token: await this.identity.sign(claims, { audience: UPLOAD, expiresInSeconds: SECONDS }) };
  }

  async forDownload(organizationId: string, file: StoredFile): Promise<FileTicket> {
    const claims = { org: organizationId, sha: file.sha256, len: file.size, typ: file.contentType };
    const token = await this.identity.sign(claims, { audience: DOWNLOAD, expiresInSeconds: SECONDS });
    return { ...file, url: this.url, token };
  }

  async upload(token: string): Promise<Upload> {
    const claims = await this.prove(token, UPLOAD);
    return { organizationId: text(claims['org']), executionId: text(claims['exe']), contentType: text(claims['typ']) };
  }

  async download(token: string): Promise<Content & { contentType: string }> {
    const claims = await this.prove(token, DOWNLOAD);
    return {
      organizationId: text(claims['org']),
      sha256: text(claims['sha']),
      size: Number(claims['len']),
      contentType: text(claims['typ']),
    };
  }

  private async prove(token: string, audience: string): Promise<Record<string, unknown>> {
    const { signer, claims } = await this.identity.verify(token, audience);
    if (signer !== 'storage') throw new AppError('invalid_token', `'${signer}' cannot give access to files.`);
    return claims;
  }
}

function text(claim: unknown): string {
  if (typeof claim === 'string') return claim;
  throw new AppError('invalid_token', 'The token lacks a claim.');
}
