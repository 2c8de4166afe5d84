import type { CredentialsMode, FetchRequest, RedirectMode, RequestMode } from './fetch-request.js';
import { isForbiddenMethod, normalizeMethod } from '../../fetch/methods.js';
import { settableHeaders } from '../../fetch/forbidden.js';
import { isToken } from '../../fetch/token.js';
import { type HeaderList, headerValue } from './header-list.js';
import { isNoCorsSafelistedRequestHeader, isSafelistedMethod } from '../../fetch/safelist.js';

/** The options of `fetch()`. */
export interface FetchInit {
  /** Default: the method of the target, or `GET`. */
  readonly method?: string | undefined;
  /** Headers that no script may set (`Origin`, `Cookie`, `Sec-*`, ...) are dropped silently, as in browsers. */
  readonly headers?: Readonly<Record<string, string>> | Iterable<readonly [string, string]> | undefined;
  readonly body?: string | Uint8Array | ArrayBuffer | URLSearchParams | FormData | Blob | undefined;
  /** Default: `'same-origin'`. */
  readonly credentials?: CredentialsMode | undefined;
  /** Default: `'cors'`. */
  readonly mode?: RequestMode | undefined;
  /** Default: `'follow'`. */
  readonly redirect?: RedirectMode | undefined;
  /** Host of this request, with its port, for routes that depend on it. */
  readonly host?: string | undefined;
}

const MODES: ReadonlySet<string> = new Set<RequestMode>(['cors', 'no-cors', 'same-origin']);

const METHOD_AND_URL = /^([^\s/:?#]+)[ \t]+(\S.*)$/;

/** Splits `'PUT /orders/1'`; a target without a method is the URL. */
export function splitTarget(target: string): { method: string | undefined; url: string } {
  const [, method, url] = METHOD_AND_URL.exec(target) ?? [];
  return url === undefined ? { method: undefined, url: target } : { method, url };
}

/**
 * The request of a call of `fetch()`.
 * @throws TypeError where `fetch()` throws one before it sends anything
 * @see https://fetch.spec.whatwg.org/#dom-request
 */
export async function readFetchCall(
  origin: string,
  url: URL,
  method: string,
  { headers = {}, body, credentials = 'same-origin', mode = 'cors', redirect = 'follow' }: FetchInit,
): Promise<FetchRequest> {
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`'${url.href}' includes credentials, and fetch() takes no such URL`);
  }
  if (!MODES.has(mode)) {
    // A type can't keep plain JavaScript from it, and browsers throw for 'navigate' too.
    throw new TypeError(`\`mode\` must be 'cors', 'no-cors' or 'same-origin'; got '${mode}'.`);
  }
  if (!isToken(method)) {
    throw new TypeError(`'${method}' is not a method`);
  }
  if (isForbiddenMethod(method)) {
    throw new TypeError(`'${method}' is a method that scripts may not use`);
  }
  const normalized = normalizeMethod(method);
  if (mode === 'no-cors' && !isSafelistedMethod(normalized)) {
    throw new TypeError(`'${method}' is not allowed with mode 'no-cors', only GET, HEAD and POST are`);
  }
  if (body !== undefined && (normalized === 'GET' || normalized === 'HEAD')) {
    throw new TypeError(`A ${normalized} request cannot have a body`);
  }
  const extracted = body === undefined ? undefined : new Response(body as string);
  const kept = settableIn(mode, readHeaders(headers));
  const type = headerValue(kept, 'content-type') === undefined ? extracted?.headers.get('content-type') : null;
  return {
    origin,
    urls: [url],
    method: normalized,
    headers: type ? [...kept, ...settableIn(mode, [['content-type', type]])] : kept,
    body: extracted && new Uint8Array(await extracted.arrayBuffer()),
    mode,
    credentials,
    redirect,
    tainting: 'basic',
  };
}

/**
 * The headers that a mode lets a script, or a body's type, set.
 * @see https://fetch.spec.whatwg.org/#concept-headers-append
 */
function settableIn(mode: RequestMode, headers: HeaderList): HeaderList {
  const settable = settableHeaders(headers);
  return mode === 'no-cors'
    ? settable.filter(([name, value]) => isNoCorsSafelistedRequestHeader(name, value))
    : settable;
}

/** Names in lower case, values without white space around them. */
function readHeaders(headers: NonNullable<FetchInit['headers']>): HeaderList {
  try {
    return [...new Headers(headers as Record<string, string>)];
  } catch (error) {
    // Test runners have a TypeError of their own, of which that of Node.js is not an instance.
    throw new TypeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
