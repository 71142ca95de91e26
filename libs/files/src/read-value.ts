import { AppError, type JsonValue, type StoredFile } from '@rpa/contracts';

const JSON_TYPE = /^[^;]*[/+]json(?:\s*;|$)/i;

/**
 * What a file stands for in an expression: parsed JSON, or text in the charset that its media type names.
 * @throws `file_damaged` when a file of JSON does not parse
 */
export function readValue(file: StoredFile, content: Buffer): JsonValue {
  if (!JSON_TYPE.test(file.contentType)) return textOf(file, content);
  try {
    return JSON.parse(content.toString('utf8')) as JsonValue;
  } catch {
    throw new AppError(
      'file_damaged',
      `The file ${file.id} says that it is ${file.contentType}, but it does not parse.`,
    );
  }
}

function textOf({ contentType }: StoredFile, content: Buffer): string {
  const charset = /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(content);
  } catch {
    return content.toString('utf8');
  }
}
