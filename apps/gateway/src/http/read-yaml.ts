import { AppError } from '@rpa/contracts';
import { readYaml as read } from '@rpa/platform';
import { readJson } from './read-json.js';

/** Reads a YAML body under the same rules as a JSON one; what it stands for must fit `limit` bytes too. */
export function readYaml(text: string, limit: number): unknown {
  const { value, faults } = read(text);
  if (faults)
    throw new AppError('bad_request', `The body is not valid YAML: ${faults[0]?.message ?? ''}`, { errors: faults });
  const json = JSON.stringify(value);
  if (json.length > limit) throw new AppError('too_large', `The YAML stands for more than ${limit} bytes.`);
  return readJson(json);
}
