import type { Credentials, FetchRequest, Mode, Redirect } from './request.js';
import {
  type HeaderLines,
  isForbiddenMethod,
  isForbiddenRequestHeader,
  isNoCorsSafelistedRequestHeader,
  isSafelistedMethod,
  isToken,
  normalizeMethod,
} from './safelist.js';

/** What a body is made of; each kind brings a `Content-Type`, or none. */
export type BodyKind = 'text' | 'form' | 'multipart' | 'blob' | 'json-blob' | 'bytes';

export interface ScriptBody {
  readonly kind: BodyKind;
  readonly text: string;
}

/** The arguments of `fetch(url, init)`. */
export interface FetchCall {
  readonly method?: string;
  readonly mode?: Mode;
  readonly credentials?: Credentials;
  readonly redirect?: Redirect;
  readonly headers?: HeaderLines;
  readonly body?: ScriptBody;
}

/** What a script does with an `XMLHttpRequest`. */
export interface XhrCall {
  readonly method: string;
  readonly withCredentials?: boolean;
  /** A listener on `upload`, registered before `send()`. */
  readonly uploadListener?: boolean;
  readonly headers?: HeaderLines;
  readonly body?: ScriptBody;
}

/** `Content-Type` that a body brings: https://fetch.spec.whatwg.org/#concept-bodyinit-extract */
const TYPES: Readonly<Record<BodyKind, string | undefined>> = {
  text: 'text/plain;charset=UTF-8',
  form: 'application/x-www-form-urlencoded;charset=UTF-8',
  multipart: 'multipart/form-data; boundary=----boundary',
  blob: undefined,
  'json-blob': 'application/json',
  bytes: undefined,
};

/**
 * The request that `fetch()` makes, or `undefined` where it throws a TypeError instead.
 * @see https://fetch.spec.whatwg.org/#dom-request
 */
export function requestOfFetch(url: string, call: FetchCall): FetchRequest | undefined {
  const { mode = 'cors', credentials = 'same-origin', redirect = 'follow', body } = call;
  const method = normalizeMethod(call.method ?? 'GET');
  if (mode === 'navigate' || !isToken(method) || isForbiddenMethod(method)) {
    return undefined;
  }
  if (mode === 'no-cors' && !isSafelistedMethod(method)) {
    return undefined;
  }
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    return undefined;
  }
  const permitted = ([name, value]: readonly [string, string]) =>
    mode === 'no-cors' ? isNoCorsSafelistedRequestHeader(name, value) : !isForbiddenRequestHeader(name, value);
  // The type of the body is added where the script's own was dropped, and may be dropped in turn.
  const headers = withContentType((call.headers ?? []).filter(permitted), body).filter(permitted);
  return {
    url,
    method,
    mode,
    credentials,
    redirect,
    headers,
    body: body?.text,
    unsafeRequest: true,
    useCorsPreflight: false,
  };
}

/**
 * The request that an XHR makes, or `undefined` where `open()` throws.
 * @see https://xhr.spec.whatwg.org/#the-send()-method
 */
export function requestOfXhr(url: string, call: XhrCall): FetchRequest | undefined {
  const method = normalizeMethod(call.method);
  if (!isToken(method) || isForbiddenMethod(method)) {
    return undefined;
  }
  const body = method === 'GET' || method === 'HEAD' ? undefined : call.body;
  return {
    url,
    method,
    mode: 'cors',
    credentials: call.withCredentials ? 'include' : 'same-origin',
    redirect: 'follow',
    headers: withContentType(call.headers ?? [], body).filter(
      ([name, value]) => !isForbiddenRequestHeader(name, value),
    ),
    body: body?.text,
    unsafeRequest: true,
    useCorsPreflight: call.uploadListener ?? false,
  };
}

function withContentType(headers: HeaderLines, body: ScriptBody | undefined): HeaderLines {
  const type = body === undefined ? undefined : TYPES[body.kind];
  return type === undefined || headers.some(([name]) => name.toLowerCase() === 'content-type')
    ? headers
    : [...headers, ['Content-Type', type]];
}
