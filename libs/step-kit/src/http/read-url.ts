import { StepFailure } from '../step/step-failure.js';

/** Reads an address that may be called; only http and https, without a password in it. */
export function readUrl(text: string, from?: URL): URL {
  if (!URL.canParse(text, from?.href))
    throw new StepFailure('config_invalid', `'${text.slice(0, 200)}' is not an absolute URL.`);
  const url = new URL(text, from);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new StepFailure('egress_denied', `Only http and https can be called, not '${url.protocol.slice(0, 40)}'.`);
  if (url.hostname === '') throw new StepFailure('config_invalid', 'The URL names no host.');
  if (url.username !== '' || url.password !== '')
    throw new StepFailure('config_invalid', 'The URL holds a user or password: put them into a credential.');
  return url;
}
