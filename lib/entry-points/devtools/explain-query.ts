import type { CorsExplainedRequest } from '../../inspect/explanation.js';
import type { CorsExplainedHandshake } from '../../inspect/handshake-explanation.js';
import { parseHost } from './loopback.js';

/** The problem of a field of the form. */
export interface QueryProblem {
  readonly field: string;
  readonly message: string;
}

/** A request to explain, or why there is none. */
export type ExplainQuery<Explained = CorsExplainedRequest> =
  { readonly request: Explained; readonly problems?: never } | { readonly problems: readonly QueryProblem[] };

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const TOKEN = /^[!#$%&'*+\-.^_`|~\da-z]{1,128}$/i;
/** Printable ASCII: browsers percent-encode the rest. */
const PATH = /^\/[!-"$-~]{0,2047}$/;
const VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]{0,4096}$/;
/** Names of classes may have any letter. */
const NAME = /^[^\p{C}]{1,256}$/u;
/** engine.io makes them of base64 in its form for URLs. */
const SID = /^[\w-]{1,128}$/;
const MAX_HEADERS = 64;
/** The methods that `fetch()` changes to upper case; it does not change others. */
const NORMALIZED = /^(delete|get|head|options|post|put)$/i;

/** The problems of the field's value; empty when it is valid. */
type Check = (value: unknown) => string | undefined;
type Checks<Explained> = Readonly<Record<keyof Explained, Check>>;

const CHECKS: Checks<CorsExplainedRequest> = {
  method: (value) => (isText(value, TOKEN) ? undefined : 'is no HTTP method, such as PUT.'),
  path: (value) =>
    isText(value, PATH)
      ? undefined
      : 'is no path: begin with /, percent-encode what is not ASCII, leave out #, and use 2048 characters at most.',
  origin: (value) =>
    isText(value, VALUE) && value.length > 0 && value.length <= 512
      ? undefined
      : 'is missing, longer than 512 characters, or has characters that no header can hold.',
  host: (value) =>
    value === undefined || (typeof value === 'string' && value.length <= 261 && parseHost(value) !== undefined)
      ? undefined
      : 'is no host, such as localhost:3000.',
  headers: (value) => (value === undefined ? undefined : checkHeaders(value)),
  credentials: (value) =>
    value === undefined || typeof value === 'boolean' ? undefined : 'is neither true nor false.',
};

/** The optional fields of a handshake. */
const HANDSHAKE_CHECKS: Checks<CorsExplainedHandshake> = {
  gateway: optional((value) => (isText(value, NAME) ? undefined : 'is no name of a class.')),
  path: optional(CHECKS.path),
  // The page names the gateway, which has its port.
  port: (value) => (value === undefined ? undefined : 'is that of the gateway: name the gateway.'),
  namespace: optional((value) => (isText(value, PATH) ? undefined : 'is no namespace: begin with /.')),
  origin: optional(CHECKS.origin),
  site: optional(oneOf('same-origin', 'same-site', 'cross-site', 'none')),
  host: CHECKS.host,
  transport: optional(oneOf('websocket', 'polling', 'jsonp')),
  sid: optional((value) =>
    isText(value, SID) ? undefined : 'is no id of a session: it has letters, digits, - and _.',
  ),
  method: optional(oneOf('GET', 'POST')),
  headers: CHECKS.headers,
  credentials: CHECKS.credentials,
};

/** Reads the request to explain from JSON, with all of its problems. */
export function parseExplainQuery(json: string | null): ExplainQuery {
  const query = parse<CorsExplainedRequest>(
    json,
    CHECKS,
    '{"method":"GET","path":"/","origin":"https://app.example.com"}',
  );
  return query.problems === undefined ? { request: normalized(query.request) } : query;
}

/** Reads the handshake to explain from JSON, with all of its problems. */
export function parseHandshakeQuery(json: string | null): ExplainQuery<CorsExplainedHandshake> {
  return parse(json, HANDSHAKE_CHECKS, '{"path":"/socket.io","origin":"https://app.example.com"}');
}

function parse<Explained>(json: string | null, checks: Checks<Explained>, example: string): ExplainQuery<Explained> {
  const value = parseObject(json);
  if (value === undefined) {
    return { problems: [{ field: 'request', message: `holds no JSON object, such as ${example}.` }] };
  }
  const problems = [
    ...Object.entries<Check>(checks).flatMap(([field, check]) => problem(field, check(value[field]))),
    ...Object.keys(value)
      .filter((field) => !Object.hasOwn(checks, field))
      .map((field) => ({ field: field.slice(0, 64), message: `is not one of ${Object.keys(checks).join(', ')}.` })),
  ];
  return problems.length > 0 ? { problems } : { request: value as unknown as Explained };
}

function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value));
}

function oneOf(...choices: readonly string[]): Check {
  return (value) => (choices.includes(String(value)) ? undefined : `is not one of ${choices.join(', ')}.`);
}

/** @see https://fetch.spec.whatwg.org/#concept-method-normalize */
function normalized({ method, ...request }: CorsExplainedRequest): CorsExplainedRequest {
  return { ...request, method: NORMALIZED.test(method) ? method.toUpperCase() : method };
}

function checkHeaders(value: unknown): string | undefined {
  if (!isObject(value)) {
    return 'is no object of names and values.';
  }
  const headers = Object.entries(value);
  if (headers.length > MAX_HEADERS) {
    return `has more than ${MAX_HEADERS} headers.`;
  }
  const [name] = headers.find(([key, text]) => !TOKEN.test(key) || !isText(text, VALUE)) ?? [];
  return name === undefined
    ? undefined
    : `has ${JSON.stringify(name.slice(0, 64))}, whose name or value no header can have.`;
}

function parseObject(json: string | null): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function problem(field: string, message: string | undefined): QueryProblem[] {
  return message === undefined ? [] : [{ field, message }];
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
