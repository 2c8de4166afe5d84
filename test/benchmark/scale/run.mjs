import { resolve } from 'node:path';
import { separateCores } from '../http/cores.mjs';
import { machine, outputFolder, watchMachine, write } from '../report/index.mjs';
import { charts } from './charts.mjs';
import { boot, loaded } from './measurements.mjs';
import { report } from './report.mjs';

// Measures how applications grow with their routes, their origins and their load, and writes docs/benchmarks/scale.*: run
// it with `--quick` to see whether it works, which writes to a temporary folder; without for figures, on a machine that does nothing else.

const quick = process.argv.includes('--quick');
const settings = quick
  ? {
      times: 1,
      rounds: 1,
      seconds: 1,
      routes: [10, 100],
      origins: [1, 1_000],
      rates: { express: [500, 1_000], fastify: [500, 1_000] },
      rate: 300,
    }
  : {
      times: 2,
      rounds: 2,
      seconds: 1,
      routes: [10, 100, 1_000, 10_000],
      origins: [1, 100, 10_000, 100_000, 1_000_000],
      rates: {
        express: [2_000, 4_000, 6_000, 8_000, 10_000, 12_000],
        fastify: [4_000, 8_000, 12_000, 16_000, 20_000, 24_000],
      },
      rate: 300,
    };
/** Beyond that, a request takes `cors` longer than this load leaves it. */
const MOST_SCANNED = 100_000;

const ADAPTERS = ['express', 'fastify'];
const OURS = ['nestjs-cors, list', 'nestjs-cors, snapshot'];
const { note: load } = await watchMachine();
const { serverCore: core, note: cores } = separateCores();
const note = `${cores} ${load}`;
process.stderr.write(`${note}\n`);
const startedAt = performance.now();

async function collect(measure, cases) {
  const figures = [];
  for (const each of cases) {
    process.stderr.write(`${measure.name} ${JSON.stringify(each)}\n`);
    figures.push(await measure(each));
  }
  return figures.flat();
}

const each = (sizes, contenders, settingsOf) =>
  ADAPTERS.flatMap((adapter) =>
    sizes.flatMap((size) => contenders.map((cors) => ({ adapter, cors, ...settingsOf(size) }))),
  );
const byRoutes = each(settings.routes, ['no CORS', 'enableCors', OURS[0]], (routes) => ({ routes, origins: 2 }));
const byOrigins = each(settings.origins, ['enableCors', ...OURS], (origins) => ({ routes: 10, origins }));
const small = { routes: 10, origins: 2 };

const starts = (application) => boot(application, { times: settings.times, core });
const atOneRate = (application) => loaded(application, { ...settings, rates: [settings.rate], core });
const atRates = (application) => loaded(application, { ...settings, rates: settings.rates[application.adapter], core });

const figures = {
  bootByRoutes: await collect(starts, byRoutes),
  bootByOrigins: await collect(starts, byOrigins),
  loadByRoutes: await collect(atOneRate, byRoutes),
  loadByOrigins: await collect(
    atOneRate,
    byOrigins.filter(({ cors, origins }) => OURS.includes(cors) || origins <= MOST_SCANNED),
  ),
  loadByRate: await collect(
    atRates,
    ADAPTERS.flatMap((adapter) => ['no CORS', 'enableCors', ...OURS].map((cors) => ({ adapter, cors, ...small }))),
  ),
};
const folder = outputFolder(quick);
const measured = { machine: machine(), note, settings, figures };
await write(resolve(folder, 'scale.json'), JSON.stringify(measured));
for (const [name, svg] of Object.entries(charts(measured))) {
  await write(resolve(folder, name), svg);
}
await write(resolve(folder, 'scale.md'), report(measured));
console.log(`Written to ${folder} after ${Math.round((performance.now() - startedAt) / 1000)} s.`);
