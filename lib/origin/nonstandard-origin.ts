import { defaultPort, MAX_ORIGIN_LENGTH, parseSerializedOrigin } from './serialized-origin.js';

/** Scheme and authority, of characters that separate nothing and steer nothing; a star is not among them. */
const SHAPE = /^([a-z][a-z0-9+.-]*):\/\/[A-Za-z0-9!$%&'()+.:;=[\]_~-]*$/;

/**
 * Whether `value` has the form of an origin without being the serialization of one: `file://`, `app://.`,
 * `safari-web-extension://0A1B…`. Electron, WebViews and Safari send such values. They can be listed, each in its exact
 * spelling; no pattern and no expression covers them.
 *
 * Schemes that the URL standard knows (`https:`) have one spelling, so that what deviates from it is a mistake.
 */
export function isNonstandardOrigin(value: string): boolean {
  if (value.length > MAX_ORIGIN_LENGTH) {
    return false;
  }
  const scheme = SHAPE.exec(value)?.[1];
  return scheme !== undefined && defaultPort(scheme) === undefined && parseSerializedOrigin(value) === undefined;
}
