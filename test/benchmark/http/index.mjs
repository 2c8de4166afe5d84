import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { machine, write } from '../report/index.mjs';
import { checkAnswer } from './answers.mjs';
import { charts } from './charts.mjs';
import { ADAPTERS, adapterLabel, contendersOf } from './contenders.mjs';
import { separateCores } from './cores.mjs';
import { measureLarge } from './large.mjs';
import { measure } from './measure.mjs';
import { page } from './page.mjs';
import { REQUESTS } from './requests.mjs';
import { Results } from './results.mjs';

/** Requests to Fastify take a fifth of the time. */
const PLANS = {
  full: { generations: 4, rounds: 14, counts: { express: 800, fastify: 2500 }, warmUp: 2500 },
  quick: { generations: 1, rounds: 3, counts: { express: 500, fastify: 500 }, warmUp: 1000 },
};
const LARGE_PLANS = {
  full: { generations: 2, rounds: 10, count: 800, warmUp: 1500 },
  quick: { generations: 1, rounds: 2, count: 300, warmUp: 300 },
};
/** Load average up to which the machine counts as quiet. */
const QUIET = 0.5;

const SIZES = { full: { routes: 10_000, origins: 1_000_000 }, quick: { routes: 1000, origins: 10_000 } };

/**
 * Measures what requests cost and writes page, pictures and raw figures.
 *
 * @param {{ quick: boolean, only?: string, adapter?: string, output: string, tell: (line: string) => void }} options
 *   `only`: measure what has this in its name, `<adapter>/<contender>/<request>` or `<adapter>/large`, and what it is
 *   compared with; `adapter`: measure one adapter, and keep what the output has of the other: they are not compared
 */
export async function run({ quick, only = '', adapter: alone, output, tell }) {
  const kind = quick ? 'quick' : 'full';
  const load = loadavg()[0];
  const busy = `The load average was ${load.toFixed(1)} at the beginning.`;
  if (load > QUIET) {
    tell(`${busy} The figures will be noisy: nothing else should run.`);
  }
  const { serverCore, note: cores } = separateCores();
  const note = `${cores} ${busy}`;
  const plan = { ...PLANS[kind], serverCore, tell };
  const measured = new Set(alone === undefined ? ADAPTERS : [alone]);
  const kept = alone === undefined ? undefined : JSON.parse(await readFile(join(output, 'http.json'), 'utf8'));
  const results = new Map();
  for (const adapter of ADAPTERS) {
    const applications = measured.has(adapter) ? applicationsOf(adapter, only) : [];
    if (kept?.results[adapter] !== undefined && !measured.has(adapter)) {
      results.set(adapter, Results.from(kept.results[adapter]));
    }
    if (applications.length > 0) {
      const own = { ...plan, count: plan.counts[adapter], tell: (line) => tell(`${adapterLabel(adapter)}: ${line}`) };
      results.set(adapter, new Results(await measure(applications, own)));
    }
  }
  const size = SIZES[kind];
  const large = new Map();
  for (const adapter of ADAPTERS.filter((each) => `${each}/large`.includes(only))) {
    if (measured.has(adapter)) {
      large.set(adapter, await measureLarge(size, { ...LARGE_PLANS[kind], serverCore, tell }, adapter));
    } else if (kept?.large[adapter] !== undefined) {
      large.set(adapter, Results.from(kept.large[adapter]));
    }
  }
  const pictures = charts(results);
  const report = { machine: machine(), note, plan, results, large, size, pictures: Object.keys(pictures) };
  await write(join(output, 'http.md'), page(report));
  await write(join(output, 'http.json'), JSON.stringify(raw(report)));
  for (const [file, picture] of Object.entries(pictures)) {
    await write(join(output, file), picture);
  }
}

/** The contenders that were asked for, with what they are compared with. */
function applicationsOf(adapter, only) {
  const asked = ({ name }, request) => `${adapter}/${name}/${request.name}`.includes(only);
  const contenders = contendersOf(adapter);
  const requests = REQUESTS.filter((request) => contenders.some((contender) => asked(contender, request)));
  const compared = new Set(['none', 'none-again', 'floor', 'built-in']);
  return contenders
    .filter(
      (each) => requests.length > 0 && (compared.has(each.name) || requests.some((request) => asked(each, request))),
    )
    .map((contender) => ({
      name: contender.name,
      settings: { contender: contender.name, adapter },
      requests,
      check: (answer, request) => checkAnswer(answer, contender, request),
    }));
}

function raw({ machine: measuredOn, note, plan, results, large, size }) {
  const { generations, rounds, counts } = plan;
  return {
    unit: 'microseconds of server CPU per request, one figure per round',
    measuredOn,
    note,
    plan: { generations, rounds, requests: counts },
    size,
    results: Object.fromEntries(results),
    large: Object.fromEntries(large),
  };
}
