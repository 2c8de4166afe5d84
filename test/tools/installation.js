import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installation, node, packedLibrary, repository, runLane } from './lane.js';

/*
 * `npm run test:installation`: installs the packed library beside old versions of the packages that its entry points use,
 * and beside two versions of NestJS. `-- --results <folder>` keeps the results there, as a JSON file.
 */

const lane = join(repository, 'test/installation');

runLane(lane, 'installation', [installation(lane), ['installation of the packed library', installPacked]]);

/** npm refuses this where a peer dependency of the library excludes what is installed. */
function installPacked() {
  const packed = mkdtempSync(join(tmpdir(), 'nestjs-cors-packed-'));
  try {
    const archive = packedLibrary(packed);
    return (
      archive !== undefined &&
      node(lane, [process.env.npm_execpath, 'install', '--no-save', '--strict-peer-deps', archive])
    );
  } finally {
    rmSync(packed, { recursive: true });
  }
}
