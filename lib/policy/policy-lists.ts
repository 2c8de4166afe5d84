import {
  forbiddenHeader,
  forbiddenMethod,
  invalidToken,
  invalidValue,
  methodCase,
  wildcardInList,
} from './field-problems.js';
import type { PolicyFieldValues } from './effective-policy.js';
import type { ReportProblem } from './problem.js';

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** https://fetch.spec.whatwg.org/#forbidden-method */
const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);
/** https://fetch.spec.whatwg.org/#forbidden-request-header */
const FORBIDDEN_REQUEST_HEADER =
  /^(?:accept-charset|accept-encoding|access-control-request-(?:headers|method)|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/;
/** https://fetch.spec.whatwg.org/#forbidden-response-header-name */
const FORBIDDEN_RESPONSE_HEADER = /^set-cookie2?$/;

export function readMethods(value: unknown, path: string, report: ReportProblem): PolicyFieldValues['methods'] {
  if (value === '*') {
    return undefined;
  }
  if (value === 'all') {
    report(invalidValue(path, value, "'*' for every method that is routed, or leave it out"));
    return [];
  }
  return readNames(value, path, report, "a list such as ['GET', 'PUT'], or '*'", (method, at) => {
    if (method === '*') {
      report(wildcardInList(at, method, "'*'"));
    } else if (!TOKEN.test(method)) {
      report(invalidToken(at, method, 'method'));
    } else if (FORBIDDEN_METHODS.has(method.toUpperCase())) {
      report(forbiddenMethod(at, method));
    } else if (method !== method.toUpperCase()) {
      report(methodCase(at, method));
    }
  });
}

export function readAllowedHeaders(
  value: unknown,
  path: string,
  report: ReportProblem,
): PolicyFieldValues['allowedHeaders'] {
  if (value === '*') {
    return value;
  }
  if (value === 'all') {
    report(invalidValue(path, value, "'*' for whatever the browser asks for, or a list"));
    return [];
  }
  const names = readNames(value, path, report, "a list such as ['content-type'], or '*'", (name, at) => {
    if (name === '*') {
      report(wildcardInList(at, name, "'*'"));
    } else if (!TOKEN.test(name)) {
      report(invalidToken(at, name, 'header'));
    } else if (FORBIDDEN_REQUEST_HEADER.test(name.toLowerCase())) {
      report(forbiddenHeader(at, name, 'request'));
    }
  });
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

export function readExposedHeaders(
  value: unknown,
  path: string,
  report: ReportProblem,
): PolicyFieldValues['exposedHeaders'] {
  if (value === '*' || value === 'all') {
    return value;
  }
  const names = readNames(value, path, report, "a list such as ['etag'], 'all', or '*'", (name, at) => {
    if (name === '*' || name === 'all') {
      report(wildcardInList(at, name, `'${name}'`));
    } else if (!TOKEN.test(name)) {
      report(invalidToken(at, name, 'header'));
    } else if (FORBIDDEN_RESPONSE_HEADER.test(name.toLowerCase())) {
      report(forbiddenHeader(at, name, 'response'));
    }
  });
  const lowerCase = names.map((name) => name.toLowerCase());
  return names.filter((_, index) => lowerCase.indexOf(lowerCase[index] as string) === index);
}

/** Names in a list, or separated by commas as the `cors` package takes them. */
function readNames(
  value: unknown,
  path: string,
  report: ReportProblem,
  wanted: string,
  check: (name: string, path: string) => void,
): readonly string[] {
  if (typeof value === 'string') {
    const names = value.split(',').map((name) => name.trim());
    const written = names.filter((name) => name !== '');
    written.forEach((name) => check(name, path));
    return written;
  }
  if (!Array.isArray(value)) {
    report(invalidValue(path, value, wanted));
    return [];
  }
  return Array.from(value as readonly unknown[]).filter((name, index): name is string => {
    const at = `${path}[${index}]`;
    if (typeof name !== 'string') {
      report(invalidValue(at, name, 'a name in quotes'));
      return false;
    }
    check(name, at);
    return true;
  });
}
