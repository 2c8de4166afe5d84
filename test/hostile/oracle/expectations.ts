import type { Seen } from '../application/sight.js';
import type { Policy, Ruling } from './policies.js';

/** The CORS headers that an answer may have under one policy; `{}`: none at all. */
export interface Expectation {
  readonly allowOrigin?: string;
  readonly credentials?: true;
  readonly exposed?: string;
  readonly methods?: string;
  readonly headers?: string | undefined;
  /** Of a preflight. */
  readonly status?: number;
}

const NOTHING: Expectation = {};
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function possible(ruling: Ruling, granted: Expectation, refused: Expectation): readonly Expectation[] {
  return ruling === undefined ? [granted, refused] : [ruling ? granted : refused];
}

function both(...rulings: readonly Ruling[]): Ruling {
  return rulings.includes(false) ? false : rulings.includes(undefined) ? undefined : true;
}

/** One line, one value: everything else is no origin. */
function originOf({ origin }: Seen): string | undefined {
  return origin.length === 1 ? origin[0] : undefined;
}

function allows(policy: Policy, seen: Seen): Ruling {
  // Whatever the line says, and however many there are: '*' is written, and nothing of them.
  if (policy.star) {
    return true;
  }
  const origin = originOf(seen);
  return origin === undefined ? false : policy.allows(origin, seen.url);
}

/** What the answer to a request that is no preflight may say under the policy. */
export function expectedOfActual(policy: Policy, seen: Seen): readonly Expectation[] {
  const { methods, star, credentials, exposed } = policy;
  if (methods !== undefined && !methods.includes(seen.method) && !(seen.method === 'HEAD' && methods.includes('GET'))) {
    return [NOTHING];
  }
  if (star) {
    return [{ allowOrigin: '*' }];
  }
  const granted = {
    allowOrigin: originOf(seen) ?? '',
    ...(credentials && { credentials }),
    ...(exposed !== undefined && { exposed }),
  };
  return possible(allows(policy, seen), granted, NOTHING);
}

/** What the answer to a preflight may say under the policy. */
export function expectedOfPreflight(policy: Policy, seen: Seen): readonly Expectation[] {
  const [method = ''] = seen.requestMethod;
  const names = seen.requestHeaders
    .flatMap((line) => line.split(','))
    .map((name) => name.replace(/^[ \t]+|[ \t]+$/g, ''));
  const echoed = names.filter((name) => name !== '').map((name) => name.toLowerCase());
  const refused = { status: 403 };
  const granted = {
    allowOrigin: policy.star ? '*' : (originOf(seen) ?? ''),
    ...(policy.credentials && { credentials: policy.credentials }),
    methods: method,
    headers: echoed.length === 0 ? undefined : echoed.join(','),
    status: policy.successStatus ?? 204,
  };
  return possible(
    both(allows(policy, seen), allowsMethod(policy, seen), allowsHeaders(policy, echoed, names)),
    granted,
    refused,
  );
}

function allowsMethod({ methods }: Policy, { requestMethod, http2 }: Seen): Ruling {
  const [method = ''] = requestMethod;
  if (!TOKEN.test(method) || /^(?:connect|trace|track)$/i.test(method)) {
    return false;
  }
  if (requestMethod.length !== 1) {
    // Of several lines, node:http2 shows an application the first alone: to judge by it is to judge what there is.
    return http2 && (methods === undefined || methods.includes(method)) && undefined;
  }
  if (methods !== undefined && !methods.includes(method)) {
    return method === 'HEAD' && undefined;
  }
  // A path without routes lets any method pass that is one; how long one may be is not promised.
  return method.length <= 20 || undefined;
}

/** Names that steer where a request goes; of names that merely resemble them the promise says nothing. */
const STEERING = /^(?:x-http-method-override|x-http-method|x-method-override|x-original-url|x-rewrite-url|forwarded)$/;
const MAY_STEER = /^x-(?:http|method|original|rewrite|forwarded)/;

function allowsHeaders({ headers }: Policy, echoed: readonly string[], all: readonly string[]): Ruling {
  if (headers === undefined && echoed.some((name) => STEERING.test(name) || name.startsWith('x-forwarded-'))) {
    return false;
  }
  if (echoed.some((name) => !TOKEN.test(name) || name === '*' || (headers !== undefined && !headers.includes(name)))) {
    return false;
  }
  // How much is too much is not promised, save that there is such a bound.
  if (all.length > 1000 || all.join(',').length > 8900) {
    return false;
  }
  const mayBeRefused = all.length > 64 || all.join(',').length > 4000 || echoed.some((name) => MAY_STEER.test(name));
  return mayBeRefused ? undefined : true;
}
