import { send } from '../../support/http-client.js';
import type { Trial } from '../trial.js';
import { type HandshakeCase, handshakeCase } from './cases.js';
import { bytesOf, exchangeHandshake } from './exchange.js';
import { expectedOf, isComplete, judgeHandshake, takenOf } from './judge.js';
import { SERVERS, SESSION_LIFETIME } from './places.js';

/** Handshakes over a connection each: upgrades, polling, and what is neither. */
export const sockets: Trial<HandshakeCase> = {
  program: 'sockets/main.ts',
  arbitrary: handshakeCase,
  // Most of them wait for a silence.
  atOnce: 64,
  keptFor: SESSION_LIFETIME + 3000,
  async complaintsAbout(target, hostile, figures) {
    const port = target.ports[SERVERS.indexOf(hostile.to.server)] as number;
    const expected = expectedOf(hostile);
    try {
      const sid = hostile.target.includes('{sid}') ? await openSession(port, hostile) : '';
      const exchange = await exchangeHandshake(
        port,
        hostile,
        sid,
        expected && ((answers, texts) => isComplete(hostile, answers, texts)),
      );
      const isAccepted = exchange.answers.some((answer) => answer.status === 101 || takenOf(answer) !== undefined);
      figures?.countHandshake(exchange.answers, isAccepted, expected !== undefined);
      return judgeHandshake(hostile, exchange, expected);
    } catch (error) {
      return [`no session: ${(error as Error).message}`];
    }
  },
  written: (hostile) => ({ ...hostile, bytes: bytesOf(hostile, '{sid}') }),
};

/** A session of a client that is allowed, and has joined the main namespace. @returns its identifier */
async function openSession(port: number, { to: { path, allowed } }: HandshakeCase): Promise<string> {
  const query = '?EIO=4&transport=polling';
  const headers = { Origin: allowed };
  const { status, body } = await send(port, path + query, { headers });
  if (status !== 200) {
    throw new Error(`${status} ${body}`);
  }
  const { sid } = JSON.parse(body.slice(1)) as { sid: string };
  const posted = await send(port, `${path}${query}&sid=${sid}`, { method: 'POST', headers, body: '40' });
  if (posted.status !== 200) {
    throw new Error(`${posted.status} ${posted.body}`);
  }
  return sid;
}
