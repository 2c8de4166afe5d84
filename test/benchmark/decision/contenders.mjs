import { createRequire } from 'node:module';
import { exchange } from './exchange.mjs';
import * as library from './library.mjs';

const packageOf = (adapter, name) => createRequire(createRequire(import.meta.url).resolve(adapter))(name);

const FACTS = { requestMethod: 'GET', requestHeaders: 'content-type,x-requested-with' };
const COMMON = { credentials: true, maxAge: 600 };
const done = () => undefined;

/**
 * Who decides. Each is made from what it is to allow, and gives for each kind of request a `prepare`, which makes what is
 * decided about outside of what is measured, and a `decide`, which is what is measured.
 */
export const CONTENDERS = {
  cors({ theirs }) {
    const middleware = packageOf('@nestjs/platform-express', 'cors')({ ...COMMON, origin: theirs });
    return requests((each) => middleware(each.request, each.response, done));
  },

  '@fastify/cors'({ theirs }) {
    const plugin = packageOf('@nestjs/platform-fastify', '@fastify/cors');
    let hook;
    const fastify = { decorateRequest() {}, options() {}, addHook: (_name, added) => (hook = added) };
    plugin(fastify, { ...COMMON, origin: theirs }, done);
    return requests((each) => hook(each.request, each.response, done));
  },

  async 'nestjs-cors, list'({ ours }) {
    return oursWith(library.compile({ ...COMMON, origin: ours }));
  },

  async 'nestjs-cors, snapshot'({ ours }) {
    const list = { loadOrigins: () => ours.map((origin) => ({ origin })) };
    const known = library.sources(0);
    await library.addSnapshot(known, list);
    return oursWith(library.compile({ ...COMMON, originLookup: list }, list, known));
  },

  async 'nestjs-cors, cached lookup'({ ours, strangers }) {
    const allowed = new Set(ours);
    const lookup = { isOriginAllowed: (origin) => Promise.resolve(allowed.has(origin)) };
    const known = library.sources(ours.length);
    const policy = library.compile({ ...COMMON, originLookup: lookup }, lookup, known);
    for (const origins of [ours, strangers]) {
      for (let first = 0; first < origins.length; first += 10_000) {
        await Promise.all(
          origins.slice(first, first + 10_000).map((origin) => policy.responders.lookup.lookUp(origin, undefined)),
        );
      }
    }
    return oursWith(policy);
  },
};

async function oursWith(policy) {
  const askWithin = (lookups) => (field, asking, origin) => lookups.lookUp(field, asking, origin, done);
  // As the evaluator does: for a policy that asks nobody nothing is made.
  const asker = policy.lookup === undefined ? () => done : () => askWithin(library.requestLookups());
  const receive = await library.hookOf(policy);
  return {
    ...requests((each) => receive(each.request, each.response, done)),
    'GET, decision alone': {
      prepare: (origin) => origin,
      decide: (origin) => library.evaluateActual(policy, 'GET', origin, asker()),
    },
    'preflight, decision alone': {
      prepare: (origin) => ({ ...FACTS, origin }),
      decide: (facts) => library.evaluatePreflight(policy, facts, asker()),
    },
  };
}

function requests(decide) {
  return {
    GET: { prepare: (origin) => exchange(origin, false), decide },
    preflight: { prepare: (origin) => exchange(origin, true), decide },
  };
}
