import { isForbiddenRequestHeader, isForbiddenResponseHeader } from '../fetch/forbidden.js';
import { isForbiddenMethod } from '../fetch/methods.js';
import { isToken } from '../fetch/token.js';
import type { PolicyFieldValues } from './effective-policy.js';
import type { OptionPlace } from './option-place.js';
import { isSteeringHeader } from './steering-headers.js';

/** Reads the `methods` field. */
export function readMethods(value: unknown, place: OptionPlace): PolicyFieldValues['methods'] {
  if (value === '*') {
    return undefined;
  }
  if (value === 'all') {
    place.invalid(value, "a list of methods, or '*'", "'*' for every method that is routed, or leave it out");
    return [];
  }
  return readNames(value, place, "['GET', 'PUT'], or '*'", (method, at) => {
    if (method === '*') {
      at.problem('wildcard-in-list', method, 'method');
    } else if (!isToken(method)) {
      at.problem('invalid-token', method, 'method');
    } else if (isForbiddenMethod(method)) {
      at.problem('forbidden-method', method);
    } else if (method !== method.toUpperCase()) {
      at.problem('method-case', method);
    }
  });
}

/** Reads the `allowedHeaders` field. `'*'` in a list stands for every header but those that steer routing. */
export function readAllowedHeaders(value: unknown, place: OptionPlace): PolicyFieldValues['allowedHeaders'] {
  if (value === '*') {
    return value;
  }
  if (value === 'all') {
    place.invalid(value, "a list of headers, or '*'", "'*' for whatever the browser asks for, or a list");
    return [];
  }
  const names = readNames(value, place, "['content-type'], or '*'", (name, at) =>
    checkHeader(name, at, isForbiddenRequestHeader(name, '') ? 'set' : undefined),
  );
  const lowerCase = new Set(names.map((name) => name.toLowerCase()));
  if (!lowerCase.has('*')) {
    return [...lowerCase];
  }
  const steering = [...lowerCase].filter(isSteeringHeader);
  return steering.length === 0 ? '*' : ['*', ...steering];
}

/** Reads the `exposedHeaders` field. */
export function readExposedHeaders(value: unknown, place: OptionPlace): PolicyFieldValues['exposedHeaders'] {
  if (value === '*' || value === 'all') {
    return value;
  }
  const names = readNames(value, place, "['etag'], 'all', or '*'", (name, at) => {
    if (name === '*' || name === 'all') {
      at.problem('wildcard-in-list', name, 'header');
    } else {
      checkHeader(name, at, isForbiddenResponseHeader(name) ? 'read' : undefined);
    }
  });
  const lowerCase = names.map((name) => name.toLowerCase());
  return names.filter((_, index) => lowerCase.indexOf(lowerCase[index] as string) === index);
}

/** @param forbidden What no script can do with the header. */
function checkHeader(name: string, at: OptionPlace, forbidden: 'set' | 'read' | undefined): void {
  if (!isToken(name)) {
    at.problem('invalid-token', name, 'header');
  } else if (forbidden !== undefined) {
    at.problem('forbidden-header', name, forbidden);
  }
}

/** Names in a list, or separated by commas, as the `cors` package takes them. */
function readNames(
  value: unknown,
  place: OptionPlace,
  example: string,
  check: (name: string, at: OptionPlace) => void,
): readonly string[] {
  if (typeof value === 'string') {
    const names = value.split(',').map((name) => name.trim());
    const written = names.filter((name) => name !== '');
    written.forEach((name) => check(name, place));
    return written;
  }
  if (!Array.isArray(value)) {
    place.invalid(value, 'a list of names', `a list such as ${example}`);
  }
  return place.strings(Array.isArray(value) ? value : [], 'a name in quotes', check);
}
