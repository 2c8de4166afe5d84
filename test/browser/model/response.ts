import { headerList, type WireResponse } from './exchange.js';
import type { FetchRequest, Result } from './request.js';
import { isForbiddenResponseHeader, isSafelistedResponseHeader } from './safelist.js';

/** What a script gets of a response: https://fetch.spec.whatwg.org/#concept-filtered-response */
export function resultOf(
  response: WireResponse,
  request: FetchRequest,
  tainting: 'basic' | 'cors' | 'opaque',
  urls: readonly string[],
): Result {
  const { status } = response;
  const url = urls.at(-1) ?? '';
  const hidden = { kind: 'response', status: 0, headerNames: [], body: '', internalStatus: status } as const;
  if (request.redirect === 'manual' && [301, 302, 303, 307, 308].includes(status)) {
    return { ...hidden, type: 'opaqueredirect', redirected: false, url };
  }
  if (tainting === 'opaque') {
    return { ...hidden, type: 'opaque', redirected: false, url: '' };
  }
  const names = [...new Set(response.headers.map(([name]) => name))].filter((name) => !isForbiddenResponseHeader(name));
  const headerNames = tainting === 'basic' ? names : names.filter((name) => isReadable(name, response, request));
  const nullBody = request.method === 'HEAD' || [101, 103, 204, 205, 304].includes(status);
  return {
    kind: 'response',
    type: tainting,
    status,
    redirected: urls.length > 1,
    url,
    headerNames: [...headerNames].sort(),
    body: nullBody ? '' : response.body,
    internalStatus: status,
  };
}

function isReadable(name: string, response: WireResponse, { credentials }: FetchRequest): boolean {
  const exposed = new Set(headerList(response, 'access-control-expose-headers')?.map((each) => each.toLowerCase()));
  const everything = credentials !== 'include' && exposed.has('*');
  return isSafelistedResponseHeader(name) || everything || exposed.has(name);
}
