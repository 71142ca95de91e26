/** A JSON value: what travels in messages, the journal and expressions. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

/**
 * Stands in for a value over {@link INLINE_VALUE_LIMIT} bytes; the content lies in storage, addressed within one
 * organization. `size` is in bytes, `sha256` is lower-case hex.
 */
export interface FileReference {
  $file: { id: string; size: number; contentType: string; sha256: string };
}

/** Values whose JSON is larger than this many bytes travel by reference, never on NATS or in the journal. */
export const INLINE_VALUE_LIMIT = 32 * 1024;
