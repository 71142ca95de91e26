import { IsInt, IsString, Matches } from 'class-validator';
import { IsId } from '../messages/fields.js';

const SHA_256 = /^[0-9a-f]{64}$/;

/** A file as its `$file` reference names it: content of one organization, the same for everybody who saved the same. */
export class StoredFile {
  @IsId()
  id!: string;

  /** Bytes. */
  @IsInt()
  size!: number;

  @IsString()
  contentType!: string;

  /** Of the content, lower-case hex. */
  @Matches(SHA_256)
  sha256!: string;
}

/** How bytes leave storage: `GET <url>` with `Authorization: Bearer <token>`, within two minutes. */
export class FileTicket extends StoredFile {
  @IsString()
  url!: string;

  @IsString()
  token!: string;
}

export const FILE_EXAMPLE: StoredFile = {
  id: '5f3c9a52-7a0e-8d1c-9b64-0b6ff5b1c2d3',
  size: 5_242_880,
  contentType: 'application/json',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};
