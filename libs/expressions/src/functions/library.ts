import type { FunctionTable } from './entry.js';
import { dateFunctions } from './library/date-functions.js';
import { encodingFunctions } from './library/encoding-functions.js';
import { listFunctions } from './library/list-functions.js';
import { objectFunctions } from './library/object-functions.js';
import { setFunctions } from './library/set-functions.js';
import { textFunctions } from './library/text-functions.js';

/** The functions that the language adds to JavaScript's, by what they are about. */
export const FUNCTION_GROUPS = {
  Dates: dateFunctions,
  Lists: { ...listFunctions, ...setFunctions },
  Objects: objectFunctions,
  Text: textFunctions,
  Encoding: encodingFunctions,
} as const satisfies Record<string, FunctionTable>;

/** All of them by name. */
export const FUNCTIONS: FunctionTable = Object.assign({}, ...Object.values(FUNCTION_GROUPS)) as FunctionTable;
