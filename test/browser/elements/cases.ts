import type { PolicyData } from '../documented/index.js';
import type { ElementArrival } from './arrivals.js';
import { CROSS_ORIGIN, type CrossOrigin, type Kind, modesOf } from './kinds.js';
import type { ElementExpectations } from './expectations.js';
import type { Seen } from './loads.js';

/** One thing that a page loads. */
export interface ElementCase {
  /** Origin of the page. */
  readonly page: string;
  readonly kind: Kind;
  readonly crossOrigin: CrossOrigin;
  readonly policy: PolicyData;
  readonly url: string;
}

/** A request, in what its kind and the policy decide. */
export interface Asked {
  readonly method: string;
  readonly mode: string | undefined;
  readonly site: string | undefined;
  readonly origin: string | undefined;
  readonly cookie: string | undefined;
  readonly handled: boolean;
}

/** What the page sees, and what the application does. */
export interface ElementEnding {
  readonly seen: Seen;
  readonly asked: readonly Asked[];
}

/** The file that each kind loads; an EventSource has a route of its own. */
const FILE_OF: Readonly<Record<Exclude<Kind, 'EventSource'>, string>> = {
  image: 'image.png',
  script: 'script.js',
  'module script': 'module.js',
  stylesheet: 'style.css',
  font: 'font.ttf',
  audio: 'sound.wav',
  video: 'film.webm',
  'text track': 'track.vtt',
};

/**
 * Every policy and `crossorigin` for a kind, on every page; the application's own page, which no policy governs, under two
 * of them. Each has a URL of its own, so that no cache has a part in it.
 */
export function casesOf(
  kind: Kind,
  api: string,
  pages: readonly string[],
  policies: Readonly<Record<string, PolicyData>>,
): ElementCase[] {
  const made: ElementCase[] = [];
  for (const [name, policy] of Object.entries(policies)) {
    const places =
      kind === 'EventSource'
        ? [`/${name}/events`]
        : [`/${name}/files/${FILE_OF[kind]}`, `/assets/${name}/${FILE_OF[kind]}`];
    for (const crossOrigin of CROSS_ORIGIN.filter((each) => modesOf(kind, each) !== undefined)) {
      for (const [index, page] of pages.entries()) {
        if (page === api && policy.disabled !== true && policy.rejectDisallowed !== true) {
          continue;
        }
        // A route and a middleware have the same policy; half of the table is asked of each.
        const place = places[made.length % places.length];
        made.push({ page, kind, crossOrigin, policy, url: `${api}${place}?from=${index}&as=${crossOrigin}` });
      }
    }
  }
  return made;
}

/** How a case ends in `nestjs-cors/testing`, if the library does what the documentation promises. */
export async function expectedEnding(
  { page, kind, crossOrigin, url }: ElementCase,
  expectations: ElementExpectations,
): Promise<ElementEnding> {
  const { result, arrivals } = await expectations.outcomeOf(page, url, modesOf(kind, crossOrigin) ?? {});
  const seen = result.kind === 'network-error' ? 'blocked' : result.type === 'opaque' ? 'opaque' : 'readable';
  return {
    seen: kind === 'audio' && seen !== 'blocked' ? 'loaded' : seen,
    asked: arrivals.map(({ method, headers, handled }) => ({
      method,
      mode: modesOf(kind, crossOrigin)?.mode,
      site: headers['sec-fetch-site'],
      origin: headers['origin'],
      cookie: headers['cookie'],
      handled,
    })),
  };
}

/** What was seen of a case. A file that is played may be asked for several times; all of them have to be alike. */
export function endingOf(
  { kind, url }: ElementCase,
  seen: ElementEnding['seen'],
  arrivals: readonly ElementArrival[],
): ElementEnding {
  const asked = arrivals.map(({ method, headers, handled }) => ({
    method,
    mode: headers['sec-fetch-mode'],
    site: headers['sec-fetch-site'],
    // Chromium says it to the page's own origin as well, wherever the mode is "cors". The standard does not:
    // https://fetch.spec.whatwg.org/#append-a-request-origin-header
    origin: headers['origin'] === new URL(url).origin ? undefined : headers['origin'],
    cookie: headers['cookie'],
    handled,
  }));
  const isFirst = (one: Asked, index: number) =>
    asked.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index;
  return { seen, asked: kind === 'audio' || kind === 'video' ? asked.filter(isFirst) : asked };
}
