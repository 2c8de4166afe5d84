import type { CredentialsMode, FetchInit, RedirectMode, RequestMode } from '../../../lib/entry-points/testing/index.js';

/** Header lines of a request: names as the script wrote them, and values. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** What a body is made of; each kind brings a `Content-Type`, or none. */
export type BodyKind = 'text' | 'form' | 'multipart' | 'blob' | 'json-blob' | 'bytes';

export interface ScriptBody {
  readonly kind: BodyKind;
  readonly text: string;
}

/** A script may try `navigate`, which `fetch()` refuses. */
export type ScriptMode = RequestMode | 'navigate';

/** The arguments of `fetch(url, init)`, as data that a page can be handed. */
export interface FetchCall {
  readonly method?: string;
  readonly mode?: ScriptMode;
  readonly credentials?: CredentialsMode;
  readonly redirect?: RedirectMode;
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

export type Call =
  { readonly via: 'fetch'; readonly init: FetchCall } | { readonly via: 'xhr'; readonly init: XhrCall };

/**
 * The call of `fetch()` in `nestjs-cors/testing` that stands for the script's. An XHR without an upload listener is a fetch
 * that ignores the body of a GET or HEAD: https://xhr.spec.whatwg.org/#the-send()-method
 */
export function fetchInitOf({ via, init }: Call): FetchInit {
  const body = init.body && bodyOf(init.body);
  if (via === 'fetch') {
    return { ...init, mode: init.mode as RequestMode | undefined, body };
  }
  const { method, headers, withCredentials } = init;
  return {
    method,
    headers,
    credentials: withCredentials ? 'include' : 'same-origin',
    body: /^(?:get|head)$/i.test(method) ? undefined : body,
  };
}

/** page-script.js makes the same of a body in a page. */
function bodyOf({ kind, text }: ScriptBody): FetchInit['body'] {
  switch (kind) {
    case 'text':
      return text;
    case 'form':
      return new URLSearchParams(text);
    case 'multipart': {
      const form = new FormData();
      form.append('field', text);
      return form;
    }
    case 'blob':
      return new Blob([text]);
    case 'json-blob':
      return new Blob([text], { type: 'application/json' });
    case 'bytes':
      return new TextEncoder().encode(text);
  }
}
