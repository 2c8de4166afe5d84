import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../http/client.mjs';
import { ADAPTERS, CONTENDERS, adapterLabel } from '../http/contenders.mjs';
import { separateCores } from '../http/cores.mjs';
import { CONNECTIONS } from '../http/measure.mjs';
import { REQUESTS, wireText } from '../http/requests.mjs';
import { ServerProcess } from '../http/server-process.mjs';
import { machine, machineTable, outputFolder, table, write } from '../report/index.mjs';
import { OWNER_NAMES, sharesOf } from './shares.mjs';

// Profiles the applications of `http`, and writes docs/benchmarks/profile.md: whose code the time of a request goes to.

const quick = process.argv.includes('--quick');
const COUNT = quick ? 3_000 : 60_000;
/** The share of the profile in which code is compiled still. */
const WARM_UP = 0.4;
const PROFILED = ['floor', 'built-in', 'handler', 'lookup'];
const ASKED = ['get-allowed', 'get-without', 'preflight-granted', 'preflight-refused'];

async function profileOf(adapter, contender, request, core) {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-profile-'));
  const profiler = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200'];
  try {
    const server = await ServerProcess.start({ kind: 'contender', contender, adapter }, core, profiler);
    try {
      const client = await Client.open(server.port, CONNECTIONS);
      const wire = wireText(request);
      await client.ask(wire);
      await client.send(wire, await client.ask(wire), COUNT);
      client.close();
    } finally {
      await server.stop();
    }
    const [file] = await readdir(folder);
    return JSON.parse(await readFile(join(folder, file), 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const { serverCore, note } = separateCores();
const sections = [];
for (const adapter of ADAPTERS) {
  for (const name of ASKED) {
    const request = REQUESTS.find((each) => each.name === name);
    const rows = [];
    for (const contender of PROFILED) {
      process.stderr.write(`${adapter}, ${name}, ${contender}\n`);
      const shares = sharesOf(await profileOf(adapter, contender, request, serverCore), WARM_UP);
      const { label } = CONTENDERS.find((each) => each.name === contender);
      const cells = OWNER_NAMES.map((owner) => [`${owner}, %`, (shares[owner] * 100).toFixed(1)]);
      rows.push({ application: label, ...Object.fromEntries(cells) });
    }
    sections.push(`## ${adapterLabel(adapter)}: ${request.label}\n\n${table(rows)}`);
  }
}
const hint = quick ? '\n\n**Of a quick run: these figures say that the benchmark works, and nothing else.**' : '';
const page = `# Where the time goes

Written by \`npm run bench -- profile\` (\`test/benchmark/profile\`). Samples of Node.js's own profiler (\`--cpu-prof\`), 200 µs
apart, of the applications of [http.md](http.md) under ${COUNT.toLocaleString('en-US')} requests, without the first ${WARM_UP * 100} % of each, in which code is
compiled: whose code was running, in percent of the time that the process was not idle. ${note}

_nestjs-cors_ and the _cors packages_ are their own functions without what these call: the headers that they set and the
answers that they end are Node.js's time, as they are where it is done _by hand_. _System and engine_ is mostly the system
call that writes the answer.${hint}

${sections.join('\n\n')}

## Measured on

${machineTable(machine())}
`;
await write(join(outputFolder(quick), 'profile.md'), page);
