import { figure, machineTable, table } from '../report/index.mjs';
import { bytes, time, valuesOf, where } from './figures.mjs';

/** The page that the figures are shown on. */
export function report({ machine, settings, figures }) {
  const origins = where(figures, { allowed: 'origins' });
  const patterns = where(figures, { allowed: 'patterns' });
  const routes = figures.filter(({ platform }) => platform !== undefined);
  return `# What a decision costs

Written by \`node test/benchmark/decision/run.mjs\`. ${settings.rounds} rounds of everything; of each figure the quietest round.
${settings.rounds === 1 ? '\n**Of a quick run: these figures say that the benchmark works, and nothing else.**\n' : ''}
## Exact origins

![Growth with the number of origins](decision-origins.svg)

${sections(origins)}

## Patterns

\`https://*.customer-1.example\`; for \`cors\` and \`@fastify/cors\`, the regular expression that means the same.

![Growth with the number of patterns](decision-patterns.svg)

${sections(patterns)}

## Bytes

With ${figure(valuesOf(origins, 'size').find((size) => size >= 1_000))} exact origins.

![Bytes allocated](decision-bytes.svg)

${allocation(origins)}

## Finding the route

Two routes per path (GET and PUT). A preflight needs those of its method, and whether others are there. These are searches: the
library remembers what it found for a preflight to a path without parameters, and which of its routes are Fastify's.

![Growth with the number of routes](decision-routes.svg)

${valuesOf(routes, 'kind')
  .map((kind) => `### ${kind}\n\n${byTable(where(routes, { kind }))}`)
  .join('\n\n')}

## How it is measured

- _Whole_: \`cors()\` and the \`onRequest\` hook of \`@fastify/cors\` are called directly, and so is the request hook of this
  library, for a GET and for a preflight. Request and response are objects without a network, which cost next to nothing. All
  of them find out what to answer and put it on the response; this library finds the request's route as well.
- _The decision alone_: the origin and the policy in, what to answer out. No headers are written and no route is found; what
  asking a snapshot or a cache takes is in it.
- Each request has its own copy of its origin's text, as it has in Node.js, picked from the list in no order. With one text for
  all requests, whose hash is known after the first, look-ups would seem to cost a fraction of what they do.
- Each contender with each number of origins has a process of its own, so that none is measured with code that another one has
  made slower. Time is the median of mitata's batches, arguments made before.
- Bytes are what the heap has grown by over up to 20,000 calls of optimised code, the median of five counts, with a young
  generation (\`--min-semi-space-size=128\`) that needs no collection meanwhile. What the test's response object takes, and a
  function that V8 has not optimised, is in them: a few bytes more or less are noise.
- A hit is an allowed origin, a miss any other. In the cached lookup the answers to both are kept.

${machineTable(machine)}
`;
}

/** A table per kind of request and outcome, a column per size. */
function sections(figures) {
  return valuesOf(figures, 'kind')
    .flatMap((kind) =>
      valuesOf(figures, 'outcome').map((outcome) => {
        const measured = where(figures, { kind, outcome });
        const rows = valuesOf(measured, 'contender').map((contender) => ({
          [`${kind}, ${outcome}`]: contender,
          ...bySize(where(measured, { contender })),
        }));
        return table(rows);
      }),
    )
    .join('\n\n');
}

function byTable(figures) {
  return table(
    valuesOf(figures, 'platform').flatMap((platform) =>
      valuesOf(figures, 'table').map((name) => {
        const measured = where(figures, { platform, table: name });
        return { routes: `${platform}, ${name}`, ...bySize(measured), bytes: bytes(measured.at(-1).bytes) };
      }),
    ),
  );
}

function bySize(figures) {
  // A space before it, since JavaScript puts keys that are numbers first.
  return Object.fromEntries(figures.map(({ size, ns }) => [` ${figure(size)}`, time(ns)]));
}

function allocation(figures) {
  const size = valuesOf(figures, 'size').find((each) => each >= 1_000);
  const measured = where(figures, { size });
  return table(
    valuesOf(measured, 'contender').flatMap((contender) =>
      valuesOf(measured, 'outcome').map((outcome) => ({
        contender: `${contender}, ${outcome}`,
        ...Object.fromEntries(
          valuesOf(measured, 'kind').map((kind) => {
            const [found] = where(measured, { contender, outcome, kind });
            return [kind, found === undefined ? '–' : bytes(found.bytes)];
          }),
        ),
      })),
    ),
  );
}
