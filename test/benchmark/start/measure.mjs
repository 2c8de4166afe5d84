// CPU time of the import of NestJS with a platform, and of the import of the library after it, in a fresh process.
import { createRequire } from 'node:module';
import { PLATFORMS } from '../../tools/package-sizes.js';

const [platform, format] = process.argv.slice(2);
const load = format === 'cjs' ? createRequire(import.meta.url) : (name) => import(name);

/** In ms. */
function spent() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** In ms, after a collection: garbage of NestJS would else be collected, by chance, in the time of the library. */
function spentAfterCollection() {
  globalThis.gc();
  return spent();
}

const before = spentAfterCollection();
for (const name of PLATFORMS[platform]) {
  await load(name);
}
const loaded = spent();
const collected = spentAfterCollection();
await load('nestjs-cors');
process.stdout.write(
  JSON.stringify({ nest: loaded - before, library: spent() - collected, rss: process.memoryUsage().rss }),
);
