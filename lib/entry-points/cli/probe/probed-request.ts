import { inspectOrigin } from '../../../origin/origin-entry.js';
import type { FetchRequest } from '../../testing/fetch-request.js';
import { readFetchCall } from '../../testing/fetch-init.js';
import { readHeaders, readMethod, readOrigin, type RequestOptions } from '../explained-request.js';
import { InputError } from '../input-error.js';

/** The options of `probe` that describe the request. */
export interface ProbeOptions extends Omit<RequestOptions, 'host'> {
  readonly method?: string;
  /** Sends a request of a method that may change something. */
  readonly send?: boolean;
}

/** A request that is sent to a deployed URL. */
export interface ProbedRequest {
  readonly request: FetchRequest;
  readonly url: URL;
  /** Whether the request itself is sent. Otherwise only its preflight is, where it needs one. */
  readonly sends: boolean;
}

/** Methods that a server must not change anything for: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The request as a browser would send it for a script.
 * @throws InputError where no script can send such a request
 */
export async function readProbedRequest(operands: readonly string[], options: ProbeOptions): Promise<ProbedRequest> {
  const [written, ...more] = operands;
  if (written === undefined || more.length > 0) {
    throw new InputError(
      'Write one URL: nestjs-cors probe https://api.example.com/orders --origin https://app.example.com',
    );
  }
  const url = readUrl(written);
  const method = readMethod(options.method ?? 'GET');
  const request = await readFetchCall(readOrigin(options.origin), url, method, {
    headers: readHeaders(options.header ?? []),
    credentials: options.credentials === true ? 'include' : 'same-origin',
  });
  return { request, url, sends: SAFE.has(method) || options.send === true };
}

function readUrl(written: string): URL {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const instead =
      inspectOrigin(`https://${written.split('/')[0]}`).kind === 'origin' ? `https://${written}` : undefined;
    throw new InputError(
      `The URL must begin with https:// or http://. Write it in full: ${instead ?? 'https://api.example.com/orders'}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new InputError('The URL must not hold a user name or a password: fetch() takes no such URL. Leave them out.');
  }
  url.hash = '';
  return url;
}
