import type { CredentialsMode, FetchInit, RequestMode } from '../../../lib/entry-points/testing/index.js';

/** The `crossorigin` attribute of an element. */
export const CROSS_ORIGIN = ['absent', 'anonymous', 'use-credentials'] as const;
export type CrossOrigin = (typeof CROSS_ORIGIN)[number];

/** What loads something from elsewhere. */
export type Kind =
  'image' | 'script' | 'module script' | 'stylesheet' | 'font' | 'audio' | 'video' | 'text track' | 'EventSource';

type Rule = Readonly<Record<CrossOrigin, readonly [RequestMode, CredentialsMode] | undefined>>;

/** https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request */
const POTENTIALLY_CORS: Rule = {
  absent: ['no-cors', 'include'],
  anonymous: ['cors', 'same-origin'],
  'use-credentials': ['cors', 'include'],
};

/**
 * How each kind asks, by its `crossorigin`; `undefined`: it can't be asked that way. For an EventSource, "anonymous" is
 * the default and "use-credentials" is `withCredentials`.
 */
const RULES: Readonly<Record<Kind, Rule>> = {
  image: POTENTIALLY_CORS,
  script: POTENTIALLY_CORS,
  stylesheet: POTENTIALLY_CORS,
  audio: POTENTIALLY_CORS,
  video: POTENTIALLY_CORS,
  // https://html.spec.whatwg.org/multipage/webappapis.html#module-script-credentials-mode
  'module script': {
    absent: ['cors', 'same-origin'],
    anonymous: ['cors', 'same-origin'],
    'use-credentials': ['cors', 'include'],
  },
  // The attribute is that of the media element: https://html.spec.whatwg.org/multipage/media.html#start-the-track-processing-model
  'text track': { ...POTENTIALLY_CORS, absent: ['same-origin', 'include'] },
  // https://drafts.csswg.org/css-fonts/#font-fetching-requirements
  font: { absent: ['cors', 'same-origin'], anonymous: undefined, 'use-credentials': undefined },
  // https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource
  EventSource: { absent: undefined, anonymous: ['cors', 'same-origin'], 'use-credentials': ['cors', 'include'] },
};

/** The kinds that there are. */
export const KINDS = Object.keys(RULES) as readonly Kind[];

/** How a kind asks; `undefined` when it can't be asked that way. */
export function modesOf(kind: Kind, crossOrigin: CrossOrigin): Pick<FetchInit, 'mode' | 'credentials'> | undefined {
  const [mode, credentials] = RULES[kind][crossOrigin] ?? [];
  return mode === undefined || credentials === undefined ? undefined : { mode, credentials };
}
