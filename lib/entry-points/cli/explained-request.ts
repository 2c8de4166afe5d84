import type { CorsExplainedRequest } from '../../inspect/explanation.js';
import { isForbiddenMethod, misspelledMethod, normalizeMethod } from '../../fetch/methods.js';
import { inspectOrigin } from '../../origin/origin-entry.js';
import { isForbiddenRequestHeader } from '../../fetch/forbidden.js';
import { isToken } from '../../fetch/token.js';
import { textsOf } from '../../decision/reasons.js';
import { InputError } from './input-error.js';

/** The options of `explain` that describe the request. */
export interface RequestOptions {
  readonly origin?: string;
  readonly header?: readonly string[];
  readonly host?: string;
  readonly credentials?: boolean;
}

/**
 * The request as a browser would send it for a script.
 * @throws InputError where no script can send such a request
 */
export function readRequest(operands: readonly string[], options: RequestOptions): CorsExplainedRequest {
  const [method, path, ...more] = operands;
  if (method === undefined || path === undefined) {
    throw new InputError(
      'Write a method and a path: nestjs-cors explain PUT /orders/1 --origin https://app.example.com',
    );
  }
  if (more.length > 0) {
    throw new InputError(
      `explain takes one method and one path: got ${JSON.stringify(more[0])} as well. Put quotes around arguments with spaces.`,
    );
  }
  return {
    method: readMethod(method),
    path: readPath(path),
    origin: readOrigin(options.origin),
    ...(options.host === undefined ? {} : { host: readHost(options.host) }),
    headers: readHeaders(options.header ?? []),
    credentials: options.credentials ?? false,
  };
}

/** @throws InputError for a method that no script can send as it is written */
export function readMethod(written: string): string {
  const method = normalizeMethod(written);
  if (!isToken(method)) {
    throw new InputError(`${JSON.stringify(written)} is no HTTP method. The method comes first: explain GET /orders`);
  }
  if (isForbiddenMethod(method)) {
    throw new InputError(`Browsers send no ${method} for scripts. Write a method that a script may use.`);
  }
  if (method !== method.toUpperCase()) {
    throw new InputError(
      `Write ${method.toUpperCase()}: methods are case-sensitive, and fetch() sends ${JSON.stringify(method)} as it is.` +
        refusalOf(method),
    );
  }
  return method;
}

/** The application's decision for a page that writes the method in this letter case. */
function refusalOf(method: string): string {
  if (misspelledMethod(method) === undefined) {
    return '';
  }
  const { message, fix } = textsOf('method-case', method);
  return ` Its preflight is refused with the reason method-case: ${message} ${fix}`;
}

/** Path and query, as a browser writes them. @throws InputError for anything but a path */
export function readPath(written: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(written) && URL.canParse(written)) {
    const { host, pathname, search } = new URL(written);
    throw new InputError(`Write the path and the host apart: ${pathname}${search} --host ${host}`);
  }
  if (!written.startsWith('/')) {
    throw new InputError(`A path starts with a slash: write ${JSON.stringify(`/${written}`)}.`);
  }
  // The result of a browser's URL parser: dots resolved, spaces and umlauts encoded, no fragment.
  const { pathname, search } = new URL(`http://localhost${written}`);
  return pathname + search;
}

/** @throws InputError for anything but one origin as browsers send it */
export function readOrigin(written: string | undefined): string {
  if (written === undefined) {
    throw new InputError('Write the origin of the page: --origin https://app.example.com');
  }
  const inspection = inspectOrigin(written);
  switch (inspection.kind) {
    case 'origin':
    case 'null':
    case 'nonstandard':
      return written;
    case 'wildcard':
    case 'pattern':
      throw new InputError(`${written} stands for many origins. Write the origin of one page: https://app.example.com`);
    case 'malformed': {
      const instead = inspection.canonical ?? 'scheme, host and port only, as in https://app.example.com';
      throw new InputError(
        `${JSON.stringify(written)} is no origin as browsers send it (${inspection.reason}). Write ${instead}`,
      );
    }
  }
}

/** @throws InputError for anything but a host with an optional port */
export function readHost(written: string): string {
  const url = `http://${written}/`;
  if (!/^[^/?#@\\]+$/.test(written) || !URL.canParse(url)) {
    throw new InputError(
      `${JSON.stringify(written)} is no host. Write its name, and its port if it has one: localhost:3000`,
    );
  }
  return written.toLowerCase();
}

/** @throws InputError for headers that no script can set */
export function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers = new Headers();
  const names = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]*):(.*)$/s.exec(line) ?? [];
    if (!isToken(name) || /[\0\r\n]|[^\0-\u00FF]/.test(value)) {
      throw new InputError(`${JSON.stringify(line)} is no header. Write a name, a colon and a value: 'If-Match: *'`);
    }
    if (isForbiddenRequestHeader(name, value)) {
      throw new InputError(`Scripts can't set ${name}: the browser does. ${insteadOf(name)}`);
    }
    names.set(name.toLowerCase(), names.get(name.toLowerCase()) ?? name);
    headers.append(name, value);
  }
  return Object.fromEntries([...headers].map(([name, value]) => [names.get(name) ?? name, value]));
}

function insteadOf(name: string): string {
  const options: Readonly<Record<string, string>> = { origin: '--origin', host: '--host', cookie: '--credentials' };
  const option = options[name.toLowerCase()];
  return option === undefined ? 'Leave it out.' : `Use ${option}.`;
}
