import { AppError } from '@rpa/contracts';
import { isLeakedPassword } from './leaked-passwords.js';

/** What a password is measured by besides its length, which the contract asks for. */
export interface PasswordOwner {
  email: string;
  firstName: string;
  lastName: string;
}

const PATH = 'password';

/** @throws `validation_failed` when it is one that is tried first */
export function assertGoodPassword(password: string, owner: PasswordOwner, path = PATH): void {
  if (isLeakedPassword(password))
    throw refused(path, 'leaked', 'is among the passwords that leaked most often, or one of them with additions');
  if (namesOwner(password, owner)) throw refused(path, 'personal', 'is little more than your name or e-mail');
}

export function refusedAsUsed(path: string): AppError {
  return refused(path, 'used_before', 'was used before: choose another');
}

/** What is left without the names would not do for a password. */
function namesOwner(password: string, { email, firstName, lastName }: PasswordOwner): boolean {
  const [local = '', domain = ''] = email.toLowerCase().split('@');
  const words = [email, local, domain.split('.')[0] ?? '', firstName, lastName]
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= 3)
    .sort((a, b) => b.length - a.length);
  const rest = words.reduce((text, word) => text.replaceAll(word, ''), password.toLowerCase());
  return rest.length < password.length && rest.replace(/[\d\W_]/gu, '').length < 4;
}

function refused(path: string, code: string, message: string): AppError {
  const errors = [{ path, code, message: `The password ${message}` }];
  return new AppError('validation_failed', `The password ${message}.`, { errors });
}
