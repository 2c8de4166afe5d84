import type { Arrival } from '../documented/index.js';
import type { Seen } from './page-script.js';
import { ANSWER_HEADERS } from './resources.js';

/** The requests of a combination in what can be observed of them, in a real browser and in `nestjs-cors/testing` alike. */
export interface Observation {
  /** What the script got, request by request. */
  readonly seen: readonly (object | 'error')[];
  /** What reached the application, in order. */
  readonly arrivals: readonly ObservedArrival[];
}

export interface ObservedArrival {
  /** Method and URL. */
  readonly request: string;
  /** Those of the visit and of the combination, as they were sent. */
  readonly cookies: readonly string[];
  readonly [detail: string]: unknown;
}

const ANSWERED = new Set([...ANSWER_HEADERS.map(([name]) => name), 'location']);
/** A multipart body around its one field. */
const MULTIPART = /^--.*\r\n.*\r\n\r\n(.*)\r\n--.*--\r\n$/;
/** Cookies of the other combinations are none of this one's business. */
const LOGIN = new Set(['lax', 'strict', 'none']);
const SHOWN = new Set(['origin', 'authorization', 'access-control-request-method', 'access-control-request-headers']);

/** What the script and the servers saw. */
export function observed(seen: readonly (Seen | undefined)[], arrivals: readonly Arrival[], id: string): Observation {
  return {
    seen: seen.map((each) => (each === undefined ? 'error' : comparable(each))),
    arrivals: arrivals.map((arrival) => shown(arrival, id)),
  };
}

/** Nest's own errors, and Node's, have texts and headers of their own: only a handler's are compared. */
function comparable({ body, headerNames, ...seen }: Seen): object {
  const isHandlers = body.endsWith(' answered') || (body === '' && seen.status !== 400);
  const names = headerNames.filter((name) => ANSWERED.has(name)).toSorted();
  return isHandlers ? { ...seen, body, headerNames: names } : seen;
}

function shown({ method, url, preflight, headers, handled, body }: Arrival, id: string): ObservedArrival {
  const { cookie = '', 'content-type': type, 'sec-fetch-site': site, ...others } = headers;
  const cookies = cookie.split('; ').filter((pair) => {
    const [name = ''] = pair.split('=');
    return LOGIN.has(name) || name === `set-${id}`;
  });
  return {
    request: `${method} ${url}`,
    preflight,
    handled,
    ...Object.fromEntries(Object.entries(others).filter(([name]) => SHOWN.has(name))),
    cookies: cookies.toSorted(),
    ...(preflight ? {} : { site }),
    ...(handled && {
      // The boundary is the browser's to choose.
      type: type?.replace(/boundary=.*/, 'boundary'),
      body: body?.replace(MULTIPART, '$1'),
    }),
  };
}
