import { isSameSite } from './origin.js';
import type { FetchRequest } from './request.js';

/** What of a request the cache looks at. */
export interface CacheSubject {
  /** As it is serialized in the request: `null` after some redirects. */
  readonly origin: string;
  readonly url: string;
  readonly credentials: FetchRequest['credentials'];
  /** Site of the page in the address bar: the network partition key. */
  readonly partition: string;
}

interface Entry extends Omit<CacheSubject, 'credentials'> {
  readonly credentialed: boolean;
  /** Method, or name of a header in lower case. */
  readonly method?: string;
  readonly headerName?: string;
  expires: number;
}

/** What the standard says where `Access-Control-Max-Age` is absent. */
const DEFAULT_MAX_AGE = 5;
/** The most that Chromium keeps a grant for: the standard lets browsers impose a limit. */
const LIMIT = 7200;

/** Grants of earlier preflights: https://fetch.spec.whatwg.org/#cors-preflight-cache */
export class PreflightCache {
  private entries: Entry[] = [];

  constructor(
    private readonly now: () => number,
    private readonly oneGrantPerUrl = false,
  ) {}

  grantsMethod(subject: CacheSubject, method: string): boolean {
    return this.matching(subject).some((entry) => entry.method === method || entry.method === '*');
  }

  grantsHeader(subject: CacheSubject, name: string): boolean {
    return this.matching(subject).some(
      ({ headerName }) => headerName === name || (headerName === '*' && name !== 'authorization'),
    );
  }

  /** Keeps what a preflight's answer granted. */
  keep(
    subject: CacheSubject,
    methods: readonly string[],
    headerNames: readonly string[],
    maxAge: number | undefined,
  ): void {
    const expires = this.now() + Math.min(maxAge ?? DEFAULT_MAX_AGE, LIMIT) * 1000;
    const { credentials, ...key } = subject;
    if (this.oneGrantPerUrl) {
      this.clear(subject);
    }
    const known = this.matching(subject);
    const credentialed = credentials === 'include';
    const refreshOrAdd = (isIt: (entry: Entry) => boolean, made: Pick<Entry, 'method' | 'headerName'>) => {
      const present = known.find(isIt);
      if (present === undefined) {
        this.entries.push({ ...key, ...made, credentialed, expires });
      } else {
        present.expires = expires;
      }
    };
    methods.forEach((method) => refreshOrAdd((entry) => entry.method === method, { method }));
    headerNames
      .map((name) => name.toLowerCase())
      .forEach((headerName) => refreshOrAdd((entry) => entry.headerName === headerName, { headerName }));
  }

  /** What a failed request does to the grants of its URL: step "clear cache entries" of main fetch. */
  clear({ origin, url, partition }: CacheSubject): void {
    this.entries = this.entries.filter(
      (entry) => entry.origin !== origin || entry.url !== url || entry.partition !== partition,
    );
  }

  private matching({ origin, url, partition, credentials }: CacheSubject): Entry[] {
    this.entries = this.entries.filter(({ expires }) => expires > this.now());
    return this.entries.filter(
      (entry) =>
        entry.origin === origin &&
        entry.url === url &&
        (entry.partition === partition || isSameSite(entry.partition, partition)) &&
        (entry.credentialed || credentials !== 'include'),
    );
  }
}
