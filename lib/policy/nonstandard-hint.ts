import { canonicalOrigin } from '../origin/canonical-origin.js';

/** What to do about an extension of Safari. */
export const SAFARI_EXTENSION =
  "Write `origin: '*'` without credentials in a policy for the extension: Safari changes its id from time to time.";

/** Schemes whose clients send the host in lower case, so that upper case is a mistake. */
const LOWER_CASE_SCHEMES = /^(?:app|capacitor|chrome-extension|ionic|moz-extension|tauri):/;

/** Whose value a nonstandard origin is: the end of a sentence. */
export function nonstandardFact(origin: string): string {
  return `is no serialized origin: every app ${
    origin.startsWith('file:') ? 'that loads its pages from files' : 'of that scheme'
  } may send it`;
}

/** The origin that was probably meant, or the form that the app's own can have. */
export function nonstandardRemedy(origin: string): string {
  if (origin.startsWith('safari-web-extension:')) {
    return SAFARI_EXTENSION;
  }
  const canonical = LOWER_CASE_SCHEMES.test(origin) ? canonicalOrigin(origin) : undefined;
  return canonical === undefined
    ? 'Have the app load its pages from an origin with a host, such as "app://my-app".'
    : `Write "${canonical}".`;
}
