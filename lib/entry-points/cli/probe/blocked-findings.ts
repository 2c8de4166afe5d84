import type { FetchRequest } from '../../testing/fetch-request.js';
import type { Exchange } from '../../testing/wire.js';
import { type Answer, headerOf, isAnswer, isCorsAnswer, isGatewayStatus, serverOf, varyOf } from './answers.js';
import { fault, type ProbeFinding } from './probe-finding.js';
import type { BlockedOutcome } from './probing.js';
import { shownUrl, shownValue } from './shown-url.js';

const CERTIFICATE = /certificate|self.signed|altnames|unable to verify/i;
const EXPLAIN = 'nestjs-cors explain shows which policy answers, and what to add to it.';

/** The reasons why a request was blocked. Empty where another finding has the reason. */
export function blockedFindings(
  request: FetchRequest,
  exchanges: readonly Exchange[],
  { step, message }: BlockedOutcome,
): readonly ProbeFinding[] {
  if (step === 'mixed-content') {
    return [];
  }
  const last = exchanges.at(-1);
  if (!isAnswer(last)) {
    return [connectionFinding(message)];
  }
  switch (step) {
    case 'preflight-origin':
    case 'preflight-status':
    case 'cors-check-origin':
      return originFindings(request, last);
    case 'preflight-credentials':
    case 'cors-check-credentials':
      return [
        fault(
          'credentials-not-allowed',
          `${shownUrl(last.request.url)} allows the origin, and no credentials.`,
          `Set \`credentials: true\` in the policy, or leave credentials out of the request.${orOfProxy(last)}`,
        ),
      ];
    case 'preflight-method':
      return [
        fault(
          'method-not-allowed',
          `The preflight does not allow ${request.method}.${starNote(last, 'access-control-allow-methods', 'any method')}`,
          `Route the method, or add it to \`methods\`. ${EXPLAIN}${orOfProxy(last)}`,
        ),
      ];
    case 'preflight-header':
      return [
        fault(
          'header-not-allowed',
          `The preflight does not allow a header of the request.${starNote(last, 'access-control-allow-headers', 'Authorization, nor any header')}`,
          `Add it to \`allowedHeaders\`. ${EXPLAIN}${orOfProxy(last)}`,
        ),
      ];
    default:
      return [
        fault(
          'redirect-blocked',
          `${shownUrl(last.request.url)} redirects to where a script can't follow.`,
          'Let the page ask the final URL itself.',
        ),
      ];
  }
}

function connectionFinding(message: string): ProbeFinding {
  return CERTIFICATE.test(message)
    ? fault(
        'untrusted-certificate',
        'The certificate is not one that browsers trust.',
        'Renew it, serve the whole chain, or have its host name match.',
      )
    : fault(
        'no-connection',
        'No server answers there, so nothing is said about CORS.',
        'Check the host name, the port and the network.',
      );
}

/** The origin is not allowed, or the preflight has no success status. The finding says what gave that response. */
function originFindings(request: FetchRequest, answer: Answer): readonly ProbeFinding[] {
  const { status } = answer.response;
  const url = shownUrl(answer.request.url);
  const subject = answer.kind === 'preflight' ? 'The preflight' : 'The request';
  if (answer.kind === 'preflight' && status >= 300 && status <= 399) {
    return [redirectedPreflight(answer)];
  }
  if (isGatewayStatus(status) && !isCorsAnswer(answer)) {
    return [
      fault(
        'gateway-error',
        `${subject} got ${status} from a proxy${serverOf(answer)}, not from the application: it has none of the application's CORS headers, so a script sees a network error instead of ${status}.`,
        "Look into the proxy's error log: the application is down, slow, or not where the proxy looks. CORS is not the cause.",
      ),
    ];
  }
  if ([408, 413, 414, 429, 431].includes(status) && !isCorsAnswer(answer)) {
    return [
      fault(
        'limited',
        `${subject} got ${status} from something in front of the application${serverOf(answer)}, without CORS headers.`,
        'Raise the limit there, or leave preflights and these paths out of it.',
      ),
    ];
  }
  if (answer.kind === 'preflight' && !isCorsAnswer(answer)) {
    return [unansweredPreflight(answer)];
  }
  return [originFinding(request, answer, url)];
}

function redirectedPreflight(answer: Answer): ProbeFinding {
  const from = answer.request.url;
  const location = headerOf(answer, 'location') ?? '';
  const to = URL.canParse(location, from) ? new URL(location, from).href : location;
  return fault(
    'preflight-redirected',
    `The preflight of ${shownUrl(from)} is redirected to ${shownUrl(to)} (${answer.response.status}). Browsers follow no redirect of a preflight.`,
    redirectHint(from, to),
  );
}

function redirectHint(from: string, to: string): string {
  const [asked, target] = [new URL(from), URL.canParse(to) ? new URL(to) : undefined];
  const [path, targetPath] = [asked.pathname, target?.pathname].map((each) => each?.replace(/\/$/, ''));
  if (target?.host === asked.host && path === targetPath) {
    return `Write the final URL in the page: ${shownUrl(to)}`;
  }
  return 'If that is a page for signing in, let OPTIONS requests pass without it: a preflight never carries credentials. Otherwise write the final URL in the page.';
}

function unansweredPreflight(answer: Answer): ProbeFinding {
  const { status } = answer.response;
  if (status === 401 || status === 403 || status === 407) {
    return fault(
      'preflight-needs-login',
      `The preflight got ${status}${serverOf(answer)} from something that answers before CORS does. Browsers never send credentials with a preflight.`,
      'Let OPTIONS requests pass there (gateway, identity-aware proxy, firewall rules, middleware), so that they reach the application.',
    );
  }
  return fault(
    'preflight-not-answered',
    `The preflight got ${status}${serverOf(answer)} without any CORS header: what answers there does no CORS.`,
    'Check the path and the host, with the prefix that the proxy adds or strips, and that the proxy passes OPTIONS and Origin on.',
  );
}

function originFinding(request: FetchRequest, answer: Answer, url: string): ProbeFinding {
  const allowed = headerOf(answer, 'access-control-allow-origin');
  const sent = answer.request.headers.find(([name]) => name === 'Origin')?.[1];
  if (sent === 'null' && request.origin !== 'null') {
    return fault(
      'redirect-changes-origin',
      `A redirect to another origin led to ${url}: from there on the browser sends Origin: null.`,
      'Let the page ask the final URL itself. Do not allow null.',
    );
  }
  if (allowed === '*') {
    return fault(
      'wildcard-with-credentials',
      `${url} allows '*', which does not count for a request with credentials.`,
      `List the origins and set \`credentials: true\`, or leave credentials out of the request.${orOfProxy(answer)}`,
    );
  }
  if (allowed !== undefined && allowed !== '') {
    return fault(
      'answer-for-another-origin',
      `${url} allows ${shownValue(allowed)}, whatever asks. Either it is configured so, or a cache gave the answer to another page${cacheOf(answer)}.`,
      'Purge the cache, and let it keep answers apart by Origin (docs/caches.md). Or list the origin in the policy.',
    );
  }
  return answer.kind === 'preflight'
    ? fault('preflight-refused', `A CORS policy refuses the preflight of ${url} from ${request.origin}.`, EXPLAIN)
    : fault(
        'missing-header',
        `The response of ${url} (${answer.response.status}${serverOf(answer)}) does not allow ${request.origin}: a policy refuses it, or something in front of the application answered.`,
        `With --module, the probe says which. ${EXPLAIN}`,
      );
}

/** Names another possible writer of the headers. The `Vary` of this library's preflights shows that they are the application's. */
function orOfProxy(answer: Answer): string {
  return answer.kind === 'preflight' && varyOf(answer).has('access-control-request-method')
    ? ''
    : ` If the policy says so already, the answer or its headers are a proxy's${serverOf(answer)}: remove its rule for OPTIONS and its CORS headers.`;
}

/** Chrome's sentence does not say why a star is not enough: https://fetch.spec.whatwg.org/#cors-preflight-fetch-0, step 7 */
function starNote(answer: Answer, name: string, uncovered: string): string {
  return headerOf(answer, name)?.includes('*') === true
    ? ` '*' does not cover ${uncovered} of a request with credentials.`
    : '';
}

function cacheOf(answer: Answer): string {
  const signs = ['age', 'x-cache', 'cf-cache-status'].flatMap((name) => {
    const value = headerOf(answer, name);
    return value === undefined ? [] : [`${name}: ${value}`];
  });
  return signs.length === 0 ? '' : ` (${shownValue(signs.join(', '))})`;
}
