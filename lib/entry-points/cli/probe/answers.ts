import { headerLines, headerValue } from '../../testing/header-list.js';
import type { ReceivedHead } from '../../testing/http-exchange.js';
import type { Exchange } from '../../testing/wire.js';
import { shownUrl, shownValue } from './shown-url.js';

/** An exchange with a response. */
export interface Answer extends Exchange {
  readonly response: ReceivedHead;
}

export function isAnswer(exchange: Exchange | undefined): exchange is Answer {
  return exchange?.response !== undefined;
}

/** The value of a response header, several lines joined. */
export function headerOf({ response }: Answer, name: string): string | undefined {
  return headerValue(response.headers, name);
}

export function linesOf({ response }: Answer, name: string): readonly string[] {
  return headerLines(response.headers, name);
}

/** The names in `Vary`, in lower case. */
export function varyOf(answer: Answer): ReadonlySet<string> {
  const names = (headerOf(answer, 'vary') ?? '').split(',').map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => name !== ''));
}

/** Whether a response may be given to every origin, according to `Vary`. */
export function variesByOrigin(answer: Answer): boolean {
  const names = varyOf(answer);
  return names.has('origin') || names.has('*');
}

/** Whether the response to a preflight has the headers that this library and most others write. */
export function isCorsAnswer(answer: Answer): boolean {
  return (
    varyOf(answer).has('access-control-request-method') ||
    varyOf(answer).has('access-control-request-headers') ||
    answer.response.headers.some(([name]) => /^access-control-/i.test(name))
  );
}

/** Statuses that a proxy writes when the application gives no answer: https://www.rfc-editor.org/rfc/rfc9110#section-15.6 */
export function isGatewayStatus(status: number): boolean {
  return (status >= 502 && status <= 504) || (status >= 520 && status <= 530);
}

/** The name that a server gives itself, for messages. */
export function serverOf(answer: Answer): string {
  const name = headerOf(answer, 'server');
  return name === undefined ? '' : ` (Server: ${shownValue(name)})`;
}

/** Which answer a sentence is about. */
export function describe({ kind, request, response }: Answer): string {
  const subject = kind === 'preflight' ? 'The answer to the preflight of' : `The response to ${request.method}`;
  return `${subject} ${shownUrl(request.url)} (${response.status})`;
}
