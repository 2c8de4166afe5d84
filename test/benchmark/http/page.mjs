import { machineTable, table } from '../report/index.mjs';
import { judgedAims } from './aims.mjs';
import { adapterLabel } from './contenders.mjs';
import { judgedLarge, largeTable } from './large.mjs';
import { CONNECTIONS } from './measure.mjs';
import { REQUESTS } from './requests.mjs';
import { adapterTables } from './tables.mjs';

/**
 * The page that the benchmark writes.
 *
 * @param {{ machine: object, note: string, plan: object, results: Map<string, object>, large: Map<string, object>, size: object, pictures: readonly string[] }} run
 */
export function page({ machine, note, plan, results, large, size, pictures }) {
  const aims = [...results].flatMap(([adapter, own]) => [
    ...judgedAims(adapter, own),
    ...(large.has(adapter) ? judgedLarge(adapter, large.get(adapter), size) : []),
  ]);
  const sections = ['# What a request costs', introduction(plan, note)];
  if (aims.length > 0) {
    sections.push('## Aims', aimsText(results), table(aims));
  }
  if (pictures.length > 0) {
    sections.push('## Pictures', ...pictures.map((file) => `![${altOf(file)}](${file})`));
  }
  for (const [adapter, own] of results) {
    sections.push(`## ${adapterLabel(adapter)}`, adapterTables(adapter, own));
  }
  if (large.size > 0) {
    sections.push('## Many routes and origins', largeText(size));
    sections.push(...[...large].map(([adapter, own]) => largeTable(adapter, own)));
  }
  sections.push('## Measured on', machineTable(machine));
  return `${sections.join('\n\n')}\n`;
}

function introduction({ generations, rounds, counts }, note) {
  return `Written by \`npm run bench\` (\`test/benchmark/http\`); the raw figures are in [http.json](http.json).

CPU time of the server per request (\`process.cpuUsage()\` of its process, user and system, around ${counts.express.toLocaleString('en-US')}
requests on Express and ${counts.fastify.toLocaleString('en-US')} on Fastify), of the same small application with and without CORS. Every application is a process of its own. The rounds are
interleaved, ${generations * rounds} in all, and after every ${rounds} of them all processes were replaced. Requests come over ${CONNECTIONS}
connections, each with one under way. The servers run with \`--single-threaded-gc\`, since there is one core for them: the
helpers of V8's garbage collector would wait for each other. Before anything is measured, every answer's status and CORS headers are checked.
${note}

- _quietest_: the ratio of the two quietest rounds. Noise only adds, so this is the nearest to the truth.
- _median_: the ratio of the two medians. _middle half_: of the ratios within each round.
- _no CORS, once more_ is the same application again, in a process of its own: what it differs from 1 is noise.
- _the floor_ is a request hook of a few lines that knows one origin and writes \`Vary\`, \`Access-Control-Allow-Origin\` and
  \`Access-Control-Allow-Credentials\` on the raw response, and answers preflights there. On Fastify there is another one, by
  \`reply.header()\`: cheaper, since Fastify then writes all headers at once, and lost on responses that do not go through
  the reply. The library writes on the raw response, too; but where a request has no origin it leaves that to the head, as
  the reply does, so that it can be below the floor there.
- An application without CORS answers preflights with a 404, so what they cost is compared with \`enableCors()\`. A refused
  preflight is a 204 that does not name the origin there, and a 403 here.`;
}

function aimsText(results) {
  const noise = [...results].map(([adapter, own]) => `${noiseOf(own)} on ${adapterLabel(adapter)}`);
  return `Ratios of CPU time. _Met_ goes by the quietest rounds. How far two copies of the application without CORS were apart, by
the same measure and at most: ${noise.join(', ')}.`;
}

function noiseOf(results) {
  const ratios = REQUESTS.map(({ name }) => results.ratio('none-again', 'none', name)).filter(Boolean);
  const most = Math.max(...ratios.map(({ quietest }) => Math.abs(quietest - 1)));
  return ratios.length === 0 ? 'not measured' : `${(most * 100).toFixed(1)} %`;
}

function largeText({ routes, origins }) {
  return `${routes.toLocaleString('en-US')} routes, every other one with a parameter, a policy on each of their controllers, and ${origins.toLocaleString('en-US')} origins
in a list in memory; against one of each. Routers grow slower by themselves: that of Express tries every route before the
one it is asked for. So the same is measured without the library.`;
}

function altOf(file) {
  return `Server CPU per request: ${file.replace(/^http-|\.svg$/gu, '').replaceAll('-', ' ')}`;
}
