import { withoutSecrets } from './secrets/without-secrets.js';

const MAX_LENGTH = 1000;

/** A string from elsewhere as one line of bounded length, without secrets and invisible characters. */
export function oneLine(text: string, maxLength = MAX_LENGTH): string {
  return withoutSecrets(text)
    .replace(/[\t\n]+/g, ' ')
    .slice(0, maxLength);
}
