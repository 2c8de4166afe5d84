import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { altOf, allAims } from './http/page.mjs';
import { charts } from './http/charts.mjs';
import { readStages, writeStages } from './http/index.mjs';
import { memoryAims, memoryTable } from './memory/report.mjs';
import { outputFolder, table, write } from './report/index.mjs';
import { startAims, startTable } from './start/report.mjs';

/*
 * The part of docs/performance.md that is written from the raw figures in docs/benchmarks: pictures, the aims in one table,
 * memory, and the start of an application.
 */

const PAGE = resolve(import.meta.dirname, '../../docs/performance.md');
const BEGIN = '<!-- Written by `npm run bench` from docs/benchmarks/*.json: do not edit. -->';
const END = '<!-- The end of what `npm run bench` writes. -->';

const SHOWN = ['get-allowed', 'preflight-granted', 'preflight-granted-parameter', 'get-connection', 'peers'];

/**
 * Writes the part anew, and docs/benchmarks/http.md with its pictures, whose words may have changed since they were measured;
 * of a quick run, to a copy of the page beside its figures.
 *
 * @returns {Promise<string>} the path of the page
 */
export async function writeOverview(quick) {
  const folder = outputFolder(quick);
  const stages = await readStages(folder);
  if (stages.size > 0) {
    await writeStages(folder, stages);
  }
  const overview = overviewOf({
    stages,
    memory: await readFigures(join(folder, 'memory.json')),
    start: await readFigures(join(folder, 'start.json')),
  });
  const path = quick ? join(folder, 'performance.md') : PAGE;
  await write(path, withOverview(await readFile(PAGE, 'utf8'), overview));
  return path;
}

/** The page with another part between its two comments. */
export function withOverview(page, overview) {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) {
    throw new Error(
      'docs/performance.md has no place for what the benchmark writes: two comments, one after the other',
    );
  }
  return `${page.slice(0, begin)}${BEGIN}\n\n${overview}\n\n${page.slice(end)}`;
}

/**
 * @param {{ stages: ReadonlyMap<string, object>, memory?: object, start?: object }} figures `undefined`: not measured
 * @returns {string} Markdown
 */
export function overviewOf({ stages, memory, start }) {
  const sections = [
    ...pictures(stages),
    '## Aims',
    aimsText(stages, memory, start),
    table(byPlatform([...httpAims(stages), ...startAims(start), ...memoryAims(memory?.rows)])),
  ];
  if (start !== undefined) {
    sections.push(
      '## Start',
      startText(start),
      '![From node to the first answer](benchmarks/start.svg)',
      startTable(start),
    );
  }
  if (memory !== undefined) {
    sections.push(
      '## Memory',
      MEMORY_TEXT,
      '![What the library holds in memory](benchmarks/memory.svg)',
      memoryTable(memory.rows),
    );
  }
  return sections.join('\n\n');
}

function pictures(stages) {
  const drawn = Object.keys(charts(stages));
  return SHOWN.map((name) => `http-${name}.svg`)
    .filter((file) => drawn.includes(file))
    .map((file) => `![${altOf(file)}](benchmarks/${file})`);
}

function byPlatform(rows) {
  return ['Express', 'Fastify'].flatMap((platform) => rows.filter((row) => row.platform === platform));
}

function httpAims(stages) {
  return allAims(stages).map(({ adapter, figure, 'at most': most, quietest, '': verdict }) => ({
    platform: adapter,
    figure,
    'at most': most,
    measured: quietest,
    '': verdict,
  }));
}

function aimsText(stages, memory, start) {
  const dates = [...stages].map(([stage, { measuredOn, busy }]) => dated(stage, measuredOn, busy));
  const others = Object.entries({ start, memory })
    .filter(([, figures]) => figures !== undefined)
    .map(([part, { measuredOn, busy }]) => dated(part, measuredOn, busy));
  return `Requests: server CPU time over that of what is named last, by the quietest rounds. Measured: ${[...dates, ...others].join(', ')}.`;
}

function dated(part, { date }, busy) {
  const label = { express: 'Express', fastify: 'Fastify', peers: 'other frameworks' }[part] ?? part;
  return `${label} on ${date}${busy ? ' (busy machine: only ratios)' : ''}`;
}

function startText({ rounds }) {
  return `From \`node\` to the first answer of an application with one route, ${rounds} fresh processes each, by the quietest. Express and
Fastify bring \`cors\` and \`@fastify/cors\` with NestJS's platforms, so \`enableCors()\` adds nothing to \`node_modules\`.`;
}

const MEMORY_TEXT = `Heap after a collection, over the same application with \`enableCors()\`. Every ten routes have a controller with a
policy; a cached result is what a lookup said of one origin; a socket is one of a gateway, each from another origin.
The aims are half of what was held before: 23 MB on Express and 18 MB on Fastify for 10,000 routes, 209 MB for 1,000,000 origins.`;

async function readFigures(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
