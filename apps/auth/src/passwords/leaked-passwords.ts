import { dictionary } from '@zxcvbn-ts/language-common';

/** Shorter words of the list are in every longer text. */
const SHORTEST_WORD = 4;
const DECORATION = /^[\d\W_]+|[\d\W_]+$/gu;
/** What people write instead of letters. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

let list: ReadonlySet<string> | null = null;

/** Passwords that leaked most often: the 49,000 of `@zxcvbn-ts/language-common` (MIT). Read at the first use. */
function leaked(): ReadonlySet<string> {
  return (list ??= new Set(dictionary['passwords-common']));
}

/**
 * Whether somebody who tries leaked passwords comes upon this one: it is in the list, in any case, with other signs for
 * letters, with digits and signs before or behind it, or written twice and more; or it is digits or a few signs over and over.
 */
export function isLeakedPassword(password: string): boolean {
  const lower = password.normalize('NFKC').toLowerCase();
  const letters = lower.replace(/[013457@$]/g, (sign) => LOOKALIKES[sign] ?? sign);
  return [lower, letters].some(
    (text) => isListed(text) || isListed(text.replace(DECORATION, '')) || isListed(unitOf(text)),
  );
}

function isListed(text: string): boolean {
  return (text.length >= SHORTEST_WORD && leaked().has(text)) || /^(.{1,3}?)\1+$|^\d+$/su.test(text);
}

/** `abcabcabc` is `abc` three times; what is no repetition is its own unit. */
function unitOf(text: string): string {
  return /^(.+?)\1+$/su.exec(text)?.[1] ?? text;
}
