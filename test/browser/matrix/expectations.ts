import { browserFrom, type FetchResult, type TestBrowser } from '../../../lib/entry-points/testing/index.js';
import { type Arrival, DocumentedServer, type Resource, type WireRequest } from '../documented/index.js';
import { type ClientName, type Combination, HOSTS, urlOf } from './combination.js';
import { LOGIN_COOKIES } from './controllers.js';
import { type Deviations, deviatingBrowser, ForgottenRedirects } from './deviations.js';
import { type Observation, observed } from './observation.js';
import type { Seen } from './page-script.js';
import type { PageOrigins } from './policies.js';
import { resourceOf } from './resources.js';
import { type Call, fetchInitOf } from './script-call.js';
import type { Client } from './window.js';

/** What the combinations are made of beside themselves. */
export interface World {
  readonly pages: PageOrigins;
  readonly clients: Readonly<Record<ClientName, Client>>;
  /** Port of the application. */
  readonly port: number;
  readonly deviations: Deviations;
}

/** The outcomes of a combination's calls, by its id. */
export type Outcomes = ReadonlyMap<string, readonly Outcome[]>;

/** How a request ended: for the script, and for the servers. */
export interface Outcome {
  /** `undefined`: the call threw before anything was sent. */
  readonly result: FetchResult | undefined;
  readonly arrivals: readonly Arrival[];
}

/** What `nestjs-cors/testing` makes of requests that a server answers as documented: what a real browser should make of them. */
export class Expectations {
  #page = 'null';

  private constructor(
    private readonly server: DocumentedServer,
    private readonly browser: TestBrowser,
  ) {}

  /** @param origins of the application: the server stands for all of them */
  static async start(
    origins: readonly string[],
    resources: (request: WireRequest) => Resource,
    deviations: Deviations,
  ): Promise<Expectations> {
    const redirects = new ForgottenRedirects();
    const receive = (request: WireRequest, earlier: readonly Arrival[]): WireRequest =>
      deviations.forgetsRedirects ? redirects.rewrite(request, expectations.#page, earlier) : request;
    const server = await DocumentedServer.start({ resourceOf: resources, receive });
    const network = Object.fromEntries(origins.map((origin) => [origin, server.url]));
    // Without deviations, it is what users get.
    const browser =
      Object.keys(deviations).length > 0
        ? deviatingBrowser(server.url, network, deviations)
        : browserFrom('null', server.url, { network, now: () => 0 });
    const expectations = new Expectations(server, browser);
    return expectations;
  }

  /** Makes a request of a page, and waits for its end. */
  async outcomeOf(page: string, url: string, call: Call): Promise<Outcome> {
    this.#page = page;
    const result = await this.browser
      .pageOf(page)
      .fetch(url, fetchInitOf(call))
      .catch((error: unknown) => {
        if (error instanceof TypeError) {
          return undefined;
        }
        throw error;
      });
    return { result, arrivals: this.server.take() };
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** Makes the requests of all combinations, in a browser that has visited the application by each of its names. */
export async function outcomesOf(combinations: readonly Combination[], world: World): Promise<Outcomes> {
  const { pages, clients, port, deviations } = world;
  const origins = HOSTS.map((host) => `http://${host}:${port}`);
  const answer = { status: 200, headers: LOGIN_COOKIES.map((line) => ['set-cookie', line] as const), body: '' };
  const login: Resource = { policy: {}, methods: ['GET'], fallback: {}, answer };
  const expectations = await Expectations.start(
    origins,
    (request) => (new URL(request.url).pathname === '/login' ? login : resourceOf(request, pages)),
    deviations,
  );
  const outcomes = new Map<string, Outcome[]>();
  for (const origin of origins) {
    await expectations.outcomeOf(origin, `${origin}/login`, { via: 'fetch', init: {} });
  }
  for (const combination of combinations) {
    const ofCalls: Outcome[] = [];
    for (const call of combination.calls) {
      ofCalls.push(await expectations.outcomeOf(clients[combination.client].origin, urlOf(combination, port), call));
    }
    outcomes.set(combination.id, ofCalls);
  }
  await expectations.stop();
  return outcomes;
}

/** What a script and the servers should see of each combination. */
export async function expectedOf(
  combinations: readonly Combination[],
  outcomes: Outcomes,
): Promise<Map<string, Observation>> {
  const expected = new Map<string, Observation>();
  for (const { id, calls } of combinations) {
    const ofCalls = outcomes.get(id) ?? [];
    const seen = await Promise.all(ofCalls.map(({ result }, index) => seenOf(result, calls[index])));
    const arrivals = ofCalls.flatMap((outcome) => outcome.arrivals);
    expected.set(id, observed(seen, arrivals, id));
  }
  return expected;
}

async function seenOf(result: FetchResult | undefined, call: Call | undefined): Promise<Seen | undefined> {
  if (result?.kind !== 'response') {
    return undefined;
  }
  const { type, status, redirected, url, headers } = result;
  const headerNames = [...headers.keys()];
  return { ...(call?.via === 'fetch' && { type, redirected }), status, url, headerNames, body: await result.text() };
}
