import { METHODS } from 'node:http';
import { type Answer, valuesOf } from '../wire/answers.js';

/** Statuses with which Node.js refuses what is no request, is too long, or takes too much time. */
const STATUSES_OF_NODE = new Set([400, 408, 413, 417, 431]);
const HEADERS_OF_NODE = new Set([
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'],
]);

/** What is wrong with an answer that no application gave: Node.js itself, or Fastify in its place. */
export function isFromBeforeTheApplication({ status, headers }: Answer): string[] {
  const unknown = headers.filter(([name]) => !HEADERS_OF_NODE.has(name)).map(([name]) => name);
  return [
    ...(STATUSES_OF_NODE.has(status) ? [] : [`status ${status} to a request that nobody has seen`]),
    ...(unknown.length > 0 ? [`headers of an answer that no application gave: ${unknown.join(', ')}`] : []),
  ];
}

/** Codes with which Fastify refuses URLs before it runs any hook. */
const CODES_OF_FASTIFY = /"code":"(?:FST_ERR_BAD_URL|FST_ERR_MAX_PARAM_LENGTH)"/;

/**
 * Whether the framework gave the answer before the request hook, a limit of the library: Fastify to URLs that it cannot
 * decode or whose parameters are too long, and over HTTP/2 to methods that there are none of (`get`); Express to targets
 * that have no path at all.
 */
export function isFromBeforeTheHook({ status, headers, body, seen }: Answer): boolean {
  if (seen === undefined || valuesOf(headers, 'x-reached').length > 0) {
    return false;
  }
  const withoutPath = status === 404 && !seen.url.startsWith('/') && body.includes('<pre>Cannot ');
  const withoutMethod =
    status === 404 && !METHODS.includes(seen.method) && body === '{"statusCode":404,"message":"Not Found"}';
  // The answer to a HEAD has no code; what no hook has seen has nothing of CORS.
  const isTouched = headers.some(([name]) => name === 'vary' || name.startsWith('access-control-'));
  const withoutCode = seen.method === 'HEAD' && body === '' && !isTouched;
  const isRefusedUrl = (status === 400 || status === 414) && (CODES_OF_FASTIFY.test(body) || withoutCode);
  return withoutPath || withoutMethod || isRefusedUrl;
}
