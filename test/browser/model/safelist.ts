/** Header lines of a request: names as the script wrote them, and values. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Header names that only the browser may write: https://fetch.spec.whatwg.org/#forbidden-request-header */
const FORBIDDEN_REQUEST_HEADERS = new Set(
  (
    'accept-charset accept-encoding access-control-request-headers access-control-request-method connection ' +
    'content-length cookie cookie2 date dnt expect host keep-alive origin referer set-cookie te trailer ' +
    'transfer-encoding upgrade via'
  ).split(' '),
);

const METHOD_OVERRIDES = new Set(['x-http-method', 'x-http-method-override', 'x-method-override']);

/** https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name */
const SAFELISTED_RESPONSE_HEADERS = new Set(
  'cache-control content-language content-length content-type expires last-modified pragma'.split(' '),
);

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** https://fetch.spec.whatwg.org/#forbidden-method */
export function isForbiddenMethod(method: string): boolean {
  return ['CONNECT', 'TRACE', 'TRACK'].includes(method.toUpperCase());
}

/** https://fetch.spec.whatwg.org/#concept-method-normalize : not PATCH. */
export function normalizeMethod(method: string): string {
  const upper = method.toUpperCase();
  return ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'].includes(upper) ? upper : method;
}

/** https://fetch.spec.whatwg.org/#cors-safelisted-method */
export function isSafelistedMethod(method: string): boolean {
  return ['GET', 'HEAD', 'POST'].includes(method);
}

export function isForbiddenRequestHeader(name: string, value: string): boolean {
  const lower = name.toLowerCase();
  return (
    FORBIDDEN_REQUEST_HEADERS.has(lower) ||
    lower.startsWith('proxy-') ||
    lower.startsWith('sec-') ||
    (METHOD_OVERRIDES.has(lower) && value.split(',').some((method) => isForbiddenMethod(method.trim())))
  );
}

/** https://fetch.spec.whatwg.org/#forbidden-response-header-name */
export function isForbiddenResponseHeader(name: string): boolean {
  return name === 'set-cookie' || name === 'set-cookie2';
}

export function isSafelistedResponseHeader(name: string): boolean {
  return SAFELISTED_RESPONSE_HEADERS.has(name);
}

/** https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
export function isSafelistedRequestHeader(name: string, value: string): boolean {
  if (Buffer.byteLength(value) > 128) {
    return false;
  }
  switch (name.toLowerCase()) {
    case 'accept':
      return !hasUnsafeByte(value);
    case 'accept-language':
    case 'content-language':
      return [...value].every((character) => /[0-9A-Za-z *,\-.;=]/.test(character));
    case 'content-type':
      return !hasUnsafeByte(value) && isSimpleContentType(value);
    case 'range':
      return isSimpleRange(value);
    default:
      return false;
  }
}

/** https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header : what no-cors requests may carry. */
export function isNoCorsSafelistedRequestHeader(name: string, value: string): boolean {
  const names = ['accept', 'accept-language', 'content-language', 'content-type'];
  return names.includes(name.toLowerCase()) && isSafelistedRequestHeader(name, value);
}

/** https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names */
export function unsafeHeaderNames(headers: HeaderLines): string[] {
  const unsafe = headers.filter(([name, value]) => !isSafelistedRequestHeader(name, value));
  const potentiallyUnsafe = headers.filter(([name, value]) => isSafelistedRequestHeader(name, value));
  const size = potentiallyUnsafe.reduce((sum, [, value]) => sum + Buffer.byteLength(value), 0);
  const all = size > 1024 ? [...unsafe, ...potentiallyUnsafe] : unsafe;
  return [...new Set(all.map(([name]) => name.toLowerCase()))].sort();
}

/** https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte */
function hasUnsafeByte(value: string): boolean {
  return [...Buffer.from(value)].some(
    (byte) => (byte < 0x20 && byte !== 0x09) || byte === 0x7f || '"():<>?@[\\]{}'.includes(String.fromCharCode(byte)),
  );
}

/** The essence of a MIME type: https://mimesniff.spec.whatwg.org/#parse-a-mime-type */
function isSimpleContentType(value: string): boolean {
  const essence = (value.split(';')[0] ?? '').trim().toLowerCase();
  return ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'].includes(essence);
}

/** https://fetch.spec.whatwg.org/#simple-range-header-value with no whitespace allowed, and a start that is given. */
function isSimpleRange(value: string): boolean {
  if (!value.startsWith('bytes=')) {
    return false;
  }
  const [start = '', end = '', ...rest] = value.slice('bytes='.length).split('-');
  const isNumber = (text: string) => /^\d+$/.test(text);
  return (
    value.includes('-') &&
    rest.length === 0 &&
    isNumber(start) &&
    (end === '' || (isNumber(end) && Number(start) <= Number(end)))
  );
}
