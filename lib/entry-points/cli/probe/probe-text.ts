import type { Exchange } from '../../testing/wire.js';
import type { Style } from '../terminal.js';
import type { ProbedRequest } from './probed-request.js';
import type { ProbeFinding } from './probe-finding.js';
import type { Probing } from './probing.js';
import { shownUrl, shownValue } from './shown-url.js';

/** Response headers that CORS, redirects and caches depend on. Others may hold secrets. */
const SHOWN =
  /^(?:access-control-.*|age|allow|cf-cache-status|cross-origin-resource-policy|location|server|vary|via|x-cache)$/i;

/** A request and its response, as JSON can represent them. */
export interface ShownExchange {
  readonly kind: Exchange['kind'];
  readonly method: string;
  /** Without its query. */
  readonly url: string;
  /** `null` without a response. */
  readonly status: number | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export function shownExchange({ kind, request, response }: Exchange): ShownExchange {
  const headers = (response?.headers ?? []).filter(([name]) => SHOWN.test(name));
  return {
    kind,
    method: request.method,
    url: shownUrl(request.url),
    status: response?.status ?? null,
    headers: headers.map(([name, value]) => [name, shownHeader(name, value)]),
  };
}

/** The target of a redirect may be a path alone. */
function shownHeader(name: string, value: string): string {
  return /^location$/i.test(name) ? shownUrl(value) : shownValue(value);
}

/** A probe as text: the exchanges, the result for a script, and what to do. */
export function probeText(
  { request, url }: ProbedRequest,
  { exchanges, outcome }: Probing,
  findings: readonly ProbeFinding[],
  style: Style,
): string {
  const credentials = request.credentials === 'include' ? ', with credentials' : '';
  return [
    `${request.method} ${shownUrl(url.href)}, for a script of ${request.origin}${credentials}`,
    ...request.headers.map(([name]) => `  ${name}: …`),
    '',
    ...exchanges.map(shownExchange).flatMap((exchange) => exchangeLines(exchange, style)),
    ...(exchanges.length === 0 ? ['Nothing was sent.'] : []),
    '',
    outcomeLine(outcome, style),
    ...findings.flatMap(({ code, level, message, hint }) => [
      '',
      `${level === 'fault' ? style.bad(`[${code}]`) : `[${code}]`} ${message}`,
      `  ${hint}`,
    ]),
  ].join('\n');
}

function exchangeLines({ kind, method, url, status, headers }: ShownExchange, style: Style): string[] {
  const name = kind === 'preflight' ? 'Preflight' : 'Request';
  return [
    `${style.bold(name.padEnd(9))}  ${method} ${url} -> ${status ?? 'no response'}`,
    ...headers.map(([header, value]) => `  ${header}: ${value}`),
  ];
}

/** How Chrome begins its sentences. Other messages, such as those about connections, are not in its words. */
const CONSOLE = /^(?:Access to fetch at|Mixed Content:) /;

function outcomeLine(outcome: Probing['outcome'], style: Style): string {
  switch (outcome.kind) {
    case 'readable': {
      const headers = outcome.headers.length === 0 ? 'no headers' : `the headers ${outcome.headers.join(', ')}`;
      return style.good(`Readable: a script sees the status ${outcome.status}, ${headers}, and the body.`);
    }
    case 'blocked':
      return style.bad(
        `Not readable: fetch() rejects with a TypeError. ${CONSOLE.test(outcome.message) ? "Chrome's console says: " : ''}${outcome.message}`,
      );
    case 'not-sent':
      return 'The request itself was not sent, since its method may change something. Add --send to send it.';
  }
}
