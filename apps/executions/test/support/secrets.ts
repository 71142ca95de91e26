import { makeSecrets } from '@rpa/platform';

/** Keys of one installation, for one test file. */
export const SECRETS = makeSecrets();
