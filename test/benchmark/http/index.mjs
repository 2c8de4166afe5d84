import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installPeers, measurePeers, peerVersions } from '../peers/measure.mjs';
import { machine, watchMachine, write } from '../report/index.mjs';
import { checkAnswer } from './answers.mjs';
import { charts } from './charts.mjs';
import { adapterLabel, contendersOf } from './contenders.mjs';
import { separateCores } from './cores.mjs';
import { measureLarge } from './large.mjs';
import { measure } from './measure.mjs';
import { page } from './page.mjs';
import { REQUESTS } from './requests.mjs';
import { Results } from './results.mjs';

/** What is measured one after the other, and can be measured alone. */
export const STAGES = ['express', 'fastify', 'peers'];

/** Requests to Fastify take a fifth of the time. Of other frameworks there is a table for orientation, and no aim. */
const PLANS = {
  full: {
    express: { generations: 4, rounds: 7, count: 800, warmUp: 2500 },
    fastify: { generations: 4, rounds: 7, count: 2500, warmUp: 2500 },
    peers: { generations: 2, rounds: 7, count: 1500, warmUp: 2500 },
  },
  quick: Object.fromEntries(STAGES.map((stage) => [stage, { generations: 1, rounds: 2, count: 300, warmUp: 500 }])),
};
const LARGE_PLANS = {
  full: { generations: 2, rounds: 8, count: 800, warmUp: 1500 },
  quick: { generations: 1, rounds: 2, count: 300, warmUp: 300 },
};

const SIZES = { full: { routes: 10_000, origins: 1_000_000 }, quick: { routes: 1000, origins: 10_000 } };

/**
 * Measures what requests cost and writes page, pictures and raw figures after each stage. What the output has of other
 * stages is kept, so that a run that was interrupted goes on with those that are left.
 *
 * @param {{ quick: boolean, only?: string, stages?: readonly string[], output: string, tell: (line: string) => void }} options
 *   `only`: measure what has this in its name, `<adapter>/<contender>/<request>` or `<adapter>/large`, and what it is
 *   compared with
 */
export async function run({ quick, only = '', stages = STAGES, output, tell }) {
  const kind = quick ? 'quick' : 'full';
  if (stages.includes('peers') && 'peers'.includes(only)) {
    // Before anything is measured: it may fail.
    installPeers();
  }
  const cores = separateCores();
  const measured = only === '' ? await readStages(output) : new Map();
  for (const stage of STAGES.filter((each) => stages.includes(each))) {
    const figures = await measureStage(stage, { kind, only, cores, tell });
    if (figures !== undefined) {
      measured.set(stage, figures);
      await writeStages(
        output,
        new Map(STAGES.filter((each) => measured.has(each)).map((each) => [each, measured.get(each)])),
      );
    }
  }
}

async function measureStage(stage, { kind, only, cores, tell }) {
  const applications = stage === 'peers' ? [] : applicationsOf(stage, only);
  const hasLarge = stage !== 'peers' && `${stage}/large`.includes(only);
  const hasPeers = stage === 'peers' && 'peers'.includes(only);
  if (applications.length === 0 && !hasLarge && !hasPeers) {
    return undefined;
  }
  const { busy, note } = await watchMachine();
  if (busy) {
    tell(note);
  }
  const label = stage === 'peers' ? 'Other frameworks' : adapterLabel(stage);
  const plan = PLANS[kind][stage];
  const { serverCore } = cores;
  const running = { ...plan, serverCore, tell: (line) => tell(`${label}: ${line}`) };
  const size = SIZES[kind];
  return {
    measuredOn: hasPeers ? withVersions(machine(), peerVersions()) : machine(),
    busy,
    note: `${cores.note} ${note}`,
    plan,
    ...(hasLarge && { size }),
    ...(applications.length > 0 && { results: new Results(await measure(applications, running)) }),
    ...(hasPeers && { results: await measurePeers(running) }),
    ...(hasLarge && { large: await measureLarge(size, { ...LARGE_PLANS[kind], serverCore, tell }, stage) }),
  };
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
      settings: { kind: 'contender', contender: contender.name, adapter },
      requests: requests.filter(({ contenders: sent }) => sent === undefined || sent.includes(contender.name)),
      check: (answer, request) => checkAnswer(answer, contender, request),
    }));
}

/** The stages that a file of raw figures has, as `measureStage()` returns them; none where there is no file, or one of an older form. */
export async function readStages(folder) {
  let text;
  try {
    text = await readFile(join(folder, 'http.json'), 'utf8');
  } catch {
    return new Map();
  }
  return new Map(
    Object.entries(JSON.parse(text).stages ?? {}).map(([name, { results, large, ...stage }]) => [
      name,
      {
        ...stage,
        ...(results !== undefined && { results: Results.from(results) }),
        ...(large !== undefined && { large: Results.from(large) }),
      },
    ]),
  );
}

/** Writes the page, its pictures and the raw figures. */
export async function writeStages(output, stages) {
  const pictures = charts(stages);
  await write(join(output, 'http.md'), page({ stages, pictures: Object.keys(pictures) }));
  await write(
    join(output, 'http.json'),
    JSON.stringify({
      unit: 'microseconds of server CPU per request, one figure per round',
      stages: Object.fromEntries(stages),
    }),
  );
  for (const [file, picture] of Object.entries(pictures)) {
    await write(join(output, file), picture);
  }
}

function withVersions(measuredOn, versions) {
  return { ...measuredOn, versions: { ...measuredOn.versions, ...versions } };
}
