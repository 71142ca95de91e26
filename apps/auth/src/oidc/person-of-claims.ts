import { AppError } from '@rpa/contracts';
import { normalizeEmail } from '../accounts/email-address.js';

/** What a provider says of somebody. */
export interface Person {
  subject: string;
  email: string | null;
  /** Null where the provider says nothing about it. */
  emailVerified: boolean | null;
  firstName: string;
  lastName: string;
  groups: string[];
}

const MAX_NAME = 100;
const MAX_GROUPS = 1_000;
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,189}$/;

/** Reads claims of an ID token and of userinfo: they are data of somebody else's system. */
export function personOfClaims(claims: Readonly<Record<string, unknown>>, groupsClaim: string): Person {
  const subject = textOf(claims['sub']);
  if (!subject) throw new AppError('invalid_token', 'The provider does not say who this is.');
  const email = normalizeEmail(textOf(claims['email']) ?? '');
  const verified = claims['email_verified'];
  const [first = '', ...rest] = (textOf(claims['name']) ?? '').split(' ');
  return {
    subject,
    email: EMAIL.test(email) ? email : null,
    emailVerified: typeof verified === 'boolean' ? verified : verified === 'true' ? true : null,
    firstName: nameOf(claims['given_name']) || nameOf(first) || email.split('@')[0] || '-',
    lastName: nameOf(claims['family_name']) || nameOf(rest.join(' ')) || '-',
    groups: groupsOf(Object.hasOwn(claims, groupsClaim) ? claims[groupsClaim] : undefined),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 500 ? value : null;
}

function nameOf(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  return text
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, MAX_NAME);
}

function groupsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  return list.filter((group): group is string => typeof group === 'string').slice(0, MAX_GROUPS);
}
