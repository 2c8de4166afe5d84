import { CLIENTS, type Combination, type Hop, HOSTS } from './combination.js';
import {
  METHODS,
  MODES,
  CREDENTIALS,
  REDIRECTS,
  BODIES,
  STATUSES,
  REDIRECT_STATUSES,
  COOKIES,
  HEADERS,
} from './dimensions.js';
import { ASSETS, MIXED, NOWHERE } from './policies.js';
import { Deck, Random } from './random.js';
import type { Call, FetchCall, ScriptBody, XhrCall } from './script-call.js';

/** Combinations of every policy with requests of every kind; every value of every dimension gets its turn. */
export function combinationsOf(seed: number, policies: readonly string[], perPolicy: number): Combination[] {
  const random = new Random(seed);
  const decks = {
    client: new Deck(random, [...CLIENTS, 'shop', 'shop', 'shop', 'partner', 'sandbox'] as const),
    via: new Deck(random, ['fetch', 'fetch', 'xhr'] as const),
    host: new Deck(random, HOSTS),
    hops: new Deck(random, [1, 1, 1, 1, 1, 1, 2, 2, 3]),
    elsewhere: new Deck(random, [...policies, MIXED, ASSETS.path, NOWHERE]),
    status: new Deck(random, STATUSES),
    redirectStatus: new Deck(random, REDIRECT_STATUSES),
    cookie: new Deck(random, COOKIES),
  };
  const deal = callDealer(random);
  const rows = [...policies, MIXED, MIXED, MIXED, ASSETS.path, NOWHERE];
  return Array.from({ length: perPolicy * rows.length }, (_, index) => {
    const length = decks.hops.deal();
    const policy = rows[index % rows.length] as string;
    const hops = Array.from({ length }, (_hop, position): Hop => {
      const last = position === length - 1;
      // Redirects away from what refuses end there: mostly the row's policy is where they arrive.
      const here = last ? policy : random.chance(70) ? 'one' : decks.elsewhere.deal();
      return { host: decks.host.deal(), policy: here, status: (last ? decks.status : decks.redirectStatus).deal() };
    }) as [Hop, ...Hop[]];
    const call = deal(decks.via.deal());
    return {
      id: String(index),
      client: decks.client.deal(),
      calls: random.chance(35) ? [call, call] : [call],
      hops,
      cookie: decks.cookie.deal(),
    };
  });
}

function callDealer(random: Random): (via: Call['via']) => Call {
  const decks = {
    method: new Deck(random, METHODS),
    mode: new Deck(random, MODES),
    credentials: new Deck(random, CREDENTIALS),
    redirect: new Deck(random, REDIRECTS),
    headers: new Deck(random, HEADERS),
    body: new Deck(random, BODIES),
    withCredentials: new Deck(random, [true, false]),
    // Upload listeners have a test of their own. The deck is dealt all the same, so that a seed keeps its combinations.
    uploadListener: new Deck(random, [true, false, false]),
  };
  return (via) => {
    const method = decks.method.deal();
    const kind = /^(?:get|head)$/i.test(method) && !random.chance(5) ? undefined : decks.body.deal();
    const body: { body?: ScriptBody } = kind === undefined ? {} : { body: { kind, text: 'a=1' } };
    const headers = decks.headers.deal();
    if (via === 'xhr') {
      const withCredentials = decks.withCredentials.deal();
      decks.uploadListener.deal();
      const init: XhrCall = { method, withCredentials, headers, ...body };
      return { via, init };
    }
    const init: FetchCall = {
      method,
      mode: decks.mode.deal(),
      credentials: decks.credentials.deal(),
      redirect: decks.redirect.deal(),
      headers,
      ...body,
    };
    return { via, init };
  };
}
