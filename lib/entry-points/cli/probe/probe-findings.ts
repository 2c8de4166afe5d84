import { isLoopbackHost } from '../../../origin/serialized-origin.js';
import type { FetchRequest } from '../../testing/fetch-request.js';
import { relationTo } from '../../testing/site.js';
import type { Exchange } from '../../testing/wire.js';
import { type Answer, describe, headerOf, isAnswer, linesOf, variesByOrigin } from './answers.js';
import { blockedFindings } from './blocked-findings.js';
import { fault, note, type ProbeFinding, type ProbeFindingCode } from './probe-finding.js';
import { isMixedContent, type Probing } from './probing.js';
import { shownUrl, shownValue } from './shown-url.js';

/** Headers of which only one line with one value has a meaning. */
const SINGLE = ['Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials', 'Access-Control-Max-Age'];
/** Addresses for which Chromium shows the user a prompt: https://wicg.github.io/local-network-access/ */
const LOCAL_ADDRESS = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.|169\.254\.|\[f[cd]|\[fe[89ab])|\.local$/;

/** Findings about the grants of a policy. They mean nothing if the response is not the application's. */
const ABOUT_POLICIES: ReadonlySet<ProbeFindingCode> = new Set<ProbeFindingCode>([
  'preflight-not-answered',
  'preflight-refused',
  'missing-header',
  'method-not-allowed',
  'header-not-allowed',
  'credentials-not-allowed',
  'wildcard-with-credentials',
  'answer-for-another-origin',
]);

/**
 * Every finding of a probe that needs no knowledge of the application.
 * @param replaced answers that are known not to be the application's
 */
export function findingsOf(
  request: FetchRequest,
  { exchanges, outcome }: Probing,
  replaced: readonly Answer[] = [],
): readonly ProbeFinding[] {
  const answers = exchanges.filter(isAnswer).filter((answer) => !replaced.includes(answer));
  const isReplaced = replaced.some((answer) => answer === exchanges.at(-1));
  const duplicated = answers.flatMap(duplicatedHeaders);
  const findings = [
    ...placeFindings(request),
    ...duplicated,
    ...(outcome.kind === 'blocked' ? blockedFindings(request, exchanges, outcome) : []).filter(
      // Two values of one header are not the mistake of a cache that mixed up origins.
      ({ code }) =>
        (code !== 'answer-for-another-origin' || duplicated.length === 0) && !(isReplaced && ABOUT_POLICIES.has(code)),
    ),
    ...answers.flatMap(missingVary),
    ...thirdPartyCookies(request, exchanges),
  ];
  const codes = new Map(findings.map((finding) => [`${finding.code} ${finding.message}`, finding]));
  return [...codes.values()];
}

/** The findings about page and URL, before anything is sent. */
function placeFindings(request: FetchRequest): ProbeFinding[] {
  const [url] = request.urls;
  if (url.origin === request.origin) {
    return [
      note(
        'same-origin',
        `The page and the URL have one origin, ${request.origin}: CORS does not apply.`,
        'Name the origin of the page that is blocked: --origin https://app.example.com',
      ),
    ];
  }
  if (isMixedContent(request)) {
    return [
      fault(
        'mixed-content',
        `A page of ${request.origin} can't fetch ${shownUrl(url.href)}: it is not encrypted, so browsers send nothing.`,
        'Serve the URL over https, and write https:// in the page.',
      ),
    ];
  }
  const pageHost = URL.canParse(request.origin) ? new URL(request.origin).hostname : '';
  return isLocal(url.hostname) && !isLocal(pageHost)
    ? [
        note(
          'local-network',
          `${url.hostname} is on a local network, and the page is not. Chromium asks the user for permission first, whatever the headers say.`,
          'The API needs a secure page, and the user has to agree once.',
        ),
      ]
    : [];
}

function isLocal(host: string): boolean {
  return isLoopbackHost(host) || LOCAL_ADDRESS.test(host);
}

function duplicatedHeaders(answer: Answer): ProbeFinding[] {
  return SINGLE.filter((name) => linesOf(answer, name).length > 1 || headerOf(answer, name)?.includes(',')).map(
    (name) =>
      fault(
        'duplicated-header',
        `${describe(answer)} has ${name} more than once: ${shownValue(headerOf(answer, name) ?? '')}. Two programs write it, and browsers refuse that.`,
        'Let only one of them write CORS headers. Remove those of the proxy (nginx: add_header Access-Control-…), or a second CORS library.',
      ),
  );
}

function missingVary(answer: Answer): ProbeFinding[] {
  const allowed = headerOf(answer, 'access-control-allow-origin');
  if (allowed === undefined || allowed === '*' || variesByOrigin(answer)) {
    return [];
  }
  return [
    fault(
      'vary-without-origin',
      `${describe(answer)} allows one origin, and its Vary does not name Origin: a cache may give it to a page of another origin, which then is blocked.`,
      'Let the application write Vary: Origin, and the proxy pass it on. See docs/caches.md.',
    ),
  ];
}

function thirdPartyCookies(request: FetchRequest, exchanges: readonly Exchange[]): ProbeFinding[] {
  const [url] = request.urls;
  if (request.credentials !== 'include' || relationTo(request.origin, url) !== 'cross-site' || exchanges.length === 0) {
    return [];
  }
  return [
    note(
      'third-party-cookies',
      `${request.origin} and ${url.host} are of different sites: cookies need SameSite=None and Secure, and Safari, Firefox and private windows block them all the same.`,
      'Give the API a host name of the same site as the page, such as api.example.com for app.example.com, or send a token in a header.',
    ),
  ];
}
