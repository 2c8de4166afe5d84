import {
  forbiddenHeader,
  forbiddenMethod,
  invalidToken,
  invalidValue,
  methodCase,
  wildcardInList,
} from './field-problems.js';
import type { PolicyFieldValues } from './effective-policy.js';
import { isForbiddenMethod, isForbiddenRequestHeader, isForbiddenResponseHeader } from '../fetch/forbidden.js';
import type { ReportProblem } from '../options/problem.js';
import { isSteeringHeader } from './steering-headers.js';
import { isToken } from '../fetch/token.js';

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
    } else if (!isToken(method)) {
      report(invalidToken(at, method, 'method'));
    } else if (isForbiddenMethod(method)) {
      report(forbiddenMethod(at, method));
    } else if (method !== method.toUpperCase()) {
      report(methodCase(at, method));
    }
  });
}

/** `'*'` in a list stands for every header, as it does alone: the names beside it are those that steer routing. */
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
    if (!isToken(name)) {
      report(invalidToken(at, name, 'header'));
    } else if (isForbiddenRequestHeader(name, '')) {
      report(forbiddenHeader(at, name, 'request'));
    }
  });
  const lowerCase = new Set(names.map((name) => name.toLowerCase()));
  if (!lowerCase.has('*')) {
    return [...lowerCase];
  }
  const steering = [...lowerCase].filter(isSteeringHeader);
  return steering.length === 0 ? '*' : ['*', ...steering];
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
    } else if (!isToken(name)) {
      report(invalidToken(at, name, 'header'));
    } else if (isForbiddenResponseHeader(name)) {
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
