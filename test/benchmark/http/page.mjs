import { peerRatios } from '../peers/measure.mjs';
import { machineTable, table } from '../report/index.mjs';
import { judgedAims } from './aims.mjs';
import { ADAPTERS, adapterLabel } from './contenders.mjs';
import { judgedLarge, largeTable } from './large.mjs';
import { CONNECTIONS } from './measure.mjs';
import { REQUESTS } from './requests.mjs';
import { adapterTables } from './tables.mjs';

/**
 * The page that the benchmark writes.
 *
 * @param {{ stages: ReadonlyMap<string, object>, pictures: readonly string[] }} run
 */
export function page({ stages, pictures }) {
  const measured = ADAPTERS.filter((adapter) => stages.has(adapter)).map((adapter) => [adapter, stages.get(adapter)]);
  const withResults = measured.filter(([, { results }]) => results !== undefined);
  const withLarge = measured.filter(([, { large }]) => large !== undefined);
  const sections = ['# What a request costs', introduction(stages)];
  const aims = allAims(stages).filter(({ quietest }) => quietest !== '–');
  if (aims.length > 0) {
    sections.push('## Aims', aimsText(withResults), aimsTable(aims, stages));
  }
  if (pictures.length > 0) {
    sections.push('## Pictures', ...pictures.map((file) => `![${altOf(file)}](${file})`));
  }
  for (const [adapter, { results, busy }] of withResults) {
    sections.push(`## ${adapterLabel(adapter)}`, adapterTables(adapter, results, busy));
  }
  const peers = stages.get('peers');
  if (peers !== undefined) {
    sections.push('## Other frameworks', PEERS_TEXT, peersTable(peers));
  }
  if (withLarge.length > 0) {
    const [[, { size }]] = withLarge;
    sections.push('## Many routes and origins', largeText(size));
    sections.push(...withLarge.map(([adapter, { large, busy }]) => largeTable(adapter, large, busy)));
  }
  sections.push('## Measured on', stagesTable(stages), machineTable([...stages.values()].at(-1).measuredOn));
  return `${sections.join('\n\n')}\n`;
}

/** The aims of both adapters, those that were not measured too. */
export function allAims(stages) {
  return ADAPTERS.flatMap((adapter) => {
    const { results, large, size = FULL_SIZE } = stages.get(adapter) ?? {};
    return [...judgedAims(adapter, results), ...judgedLarge(adapter, large, size)];
  });
}

const FULL_SIZE = { routes: 10_000, origins: 1_000_000 };

/** Medians are shown where all stages were measured on a quiet machine. */
function aimsTable(aims, stages) {
  const isBusy = [...stages.values()].some(({ busy }) => busy);
  return table(isBusy ? aims.map(({ median: _, ...aim }) => aim) : aims);
}

function introduction(stages) {
  const plans = [...stages].map(([stage, { plan }]) => {
    const { generations, rounds, count } = plan;
    return `${stageLabel(stage)}: ${generations * rounds} rounds of ${count.toLocaleString('en-US')} requests`;
  });
  const [{ plan }] = stages.values();
  return `Written by \`npm run bench\` (\`test/benchmark/http\`); the raw figures are in [http.json](http.json).

CPU time of the server per request (\`process.cpuUsage()\` of its process, user and system), of the same small application
with and without CORS. Every application is a process of its own. The rounds are interleaved, and after every ${plan.rounds} of them all
processes are replaced. ${plans.join('; ')}.

Requests come over ${CONNECTIONS} connections, each with one under way. Where each request has a connection of its own, as behind many
proxies, ${CONNECTIONS} of these are open at once, and what it takes to accept and to close them is part of the figure. The servers run with
\`--single-threaded-gc\`, since there is one core for them: the helpers of V8's garbage collector would wait for each other.
Before and after the rounds every answer's status and CORS headers are checked, and while they run its status and length.

- Where the machine was busy with other work, only ratios of the quietest rounds are shown.
- _quietest_: the ratio of the two quietest rounds. Noise only adds, so this is the nearest to the truth.
- _median_: the ratio of the two medians. _middle half_: of the ratios within each round.
- _no CORS, once more_ is the same application again, in a process of its own: what it differs from 1 is noise.
- _the floor_ is a request hook of a few lines that knows one origin and writes \`Vary\`, \`Access-Control-Allow-Origin\` and
  \`Access-Control-Allow-Credentials\` on the raw response, and answers preflights there. On Fastify there is another one, by
  \`reply.header()\`: cheaper, since Fastify then writes all headers at once, and lost on responses that do not go through
  the reply. The library writes on the raw response, too; but where a request has no origin it leaves that to the head, as
  the reply does, so that it can be below the floor there.
- _guard and interceptor_ is the library with \`rejectDisallowed\` and \`exposedHeaders: 'all'\`. NestJS calls them by itself, so
  that much of their cost is that of _no-op guard and interceptor_.
- An application without CORS answers preflights with a 404, so what they cost is compared with \`enableCors()\`. A refused
  preflight is a 204 that does not name the origin there, and a 403 here.`;
}

function aimsText(measured) {
  const noise = measured.map(([adapter, { results }]) => `${noiseOf(results)} on ${adapterLabel(adapter)}`);
  return `Ratios of CPU time. _Met_ goes by the quietest rounds. How far two copies of the application without CORS were apart, by
the same measure and at most: ${noise.join(', ')}.`;
}

function noiseOf(results) {
  const ratios = REQUESTS.map(({ name }) => results.ratio('none-again', 'none', name)).filter(Boolean);
  const most = Math.max(...ratios.map(({ quietest }) => Math.abs(quietest - 1)));
  return ratios.length === 0 ? 'not measured' : `${(most * 100).toFixed(1)} %`;
}

const PEERS_TEXT = `The same application in other frameworks, each over its own application without CORS: frameworks do such different work for
a request that their times say nothing about CORS. A preflight is compared with a GET without CORS, since some of the
frameworks answer \`OPTIONS\` by themselves. The less a framework does for a request, the larger is the part of its CORS.`;

function peersTable({ results, busy }) {
  return table(
    peerRatios(results).map(({ label, get, preflight, added }) => ({
      application: label,
      'GET, allowed origin': get.quietest.toFixed(2),
      ...(!busy && { 'added, µs': added.toFixed(1) }),
      'granted preflight': preflight.quietest.toFixed(2),
    })),
  );
}

function largeText({ routes, origins }) {
  return `${routes.toLocaleString('en-US')} routes, every other one with a parameter, a policy on each of their controllers, and ${origins.toLocaleString('en-US')} origins
in a list in memory; against one of each. Routers grow slower by themselves: that of Express tries every route before the
one it is asked for. So the same is measured without the library.`;
}

function stagesTable(stages) {
  return table(
    [...stages].map(([stage, { measuredOn, note }]) => ({
      stage: stageLabel(stage),
      date: measuredOn.date,
      'Node.js': measuredOn.node,
      machine: note,
    })),
  );
}

function stageLabel(stage) {
  return stage === 'peers' ? 'other frameworks' : adapterLabel(stage);
}

/** What a picture shows, for those who do not see it. */
export function altOf(file) {
  const name = file.replace(/^http-|\.svg$/gu, '');
  const { label } = REQUESTS.find((request) => request.name === name) ?? { label: 'CORS in other frameworks' };
  return `Server CPU per request: ${label}`;
}
