import { defaultPort, MAX_ORIGIN_LENGTH, parseSerializedOrigin } from './serialized-origin.js';

/** Scheme and authority, of harmless characters; a star is none. */
const SHAPE = /^([a-z][a-z0-9+.-]*):\/\/[A-Za-z0-9!$%&'()+.:;=[\]_~-]*$/;

/**
 * Whether a value looks like an origin and is not a serialized one: `file://`, `app://.`, `safari-web-extension://0A1B…`.
 * Electron, WebViews and Safari send such values. They can be listed in their exact spelling only.
 *
 * Origins with a scheme of the URL standard (`https:`) have one spelling; others are mistakes.
 */
export function isNonstandardOrigin(value: string): boolean {
  if (value.length > MAX_ORIGIN_LENGTH) {
    return false;
  }
  const scheme = SHAPE.exec(value)?.[1];
  return scheme !== undefined && defaultPort(scheme) === undefined && parseSerializedOrigin(value) === undefined;
}
