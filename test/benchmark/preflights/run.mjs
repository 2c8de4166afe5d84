import { Duplex } from 'node:stream';
import { VersioningType } from '@nestjs/common';
import { listen } from '../http/application.mjs';
import { PREFLIGHTS, application, shown, wireText } from './preflights.mjs';

/*
 * What a preflight costs at most: CPU time of the worst of some hundred different ones over that of the median one, in this process
 * and without sockets. Of each one the least of all rounds counts, because noise only adds. Started by `npm run bench -- preflights`.
 */

const MOST = 3;
const isQuick = process.argv.includes('--quick');
const [ROUNDS, COUNT] = isQuick ? [2, 50] : [8, 150];
const SHOWN = 5;

/** A connection that needs no system call. */
class Connection extends Duplex {
  answered;
  status;

  _read() {}

  _write(chunk, _encoding, done) {
    this.status = Number(chunk.subarray(9, 12).toString('latin1'));
    done();
    this.answered?.();
  }

  setTimeout() {
    return this;
  }

  async send(wire, count) {
    for (let i = 0; i < count; i++) {
      const answered = new Promise((resolve) => {
        this.answered = resolve;
      });
      this.push(wire);
      await answered;
    }
  }
}

async function measure(adapter) {
  const app = await listen(adapter, application(), (created) =>
    created.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
  );
  const connection = new Connection();
  app.getHttpServer().emit('connection', connection);
  const measured = PREFLIGHTS.map((preflight) => ({
    preflight,
    wire: Buffer.from(wireText(preflight), 'latin1'),
    time: Infinity,
  }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const each of measured) {
      const before = process.cpuUsage();
      await connection.send(each.wire, COUNT);
      const { user, system } = process.cpuUsage(before);
      each.status = connection.status;
      // The first round compiles.
      each.time = round === 0 ? Infinity : Math.min(each.time, (user + system) / COUNT);
    }
  }
  await app.close();
  return measured.toSorted((one, other) => one.time - other.time);
}

for (const adapter of ['express', 'fastify']) {
  const measured = await measure(adapter);
  const { time: median } = measured[Math.floor(measured.length / 2)];
  const ratio = measured.at(-1).time / median;
  const granted = measured.filter(({ status }) => status === 204).length;
  console.log(
    `${adapter}: ${measured.length} preflights, ${granted} of them granted. The median one takes ${median.toFixed(1)} µs, the worst one ` +
      `${ratio.toFixed(2)} times that (at most ${MOST}: ${ratio <= MOST ? 'met' : 'not met'}).`,
  );
  for (const { preflight, time, status } of measured.slice(-SHOWN).toReversed()) {
    console.log(`  ${time.toFixed(1)} µs, ${(time / median).toFixed(2)}: ${status} ${shown(preflight)}`);
  }
}
process.exit();
