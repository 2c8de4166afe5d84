import { hostileCase, type HostileCase } from './generator/cases.js';
import { http2Case, type Http2Case } from './generator/http2-cases.js';
import { judgeExchange } from './oracle/judge-exchange.js';
import type { Trial } from './trial.js';
import { sendingOf } from './wire/bytes-of-case.js';
import { exchangeOverHttp2 } from './wire/http2-exchange.js';

/** Bytes over a connection: HTTP/1.1, or what is none. */
export const http1: Trial<HostileCase> = {
  program: 'application/main.ts',
  arbitrary: hostileCase,
  async complaintsAbout(target, hostile, figures) {
    const sending = sendingOf(hostile);
    const exchange = await target.to(hostile.versions).exchange(sending);
    const judgements = judgeExchange(exchange, hostile.versions, sending.answers);
    figures?.count(exchange.answers, judgements);
    return judgements.flatMap(({ complaints }) => complaints);
  },
  written: (hostile) => ({ versions: hostile.versions, ...sendingOf(hostile) }),
};

/** Fields over streams: HTTP/2, or what is none. */
export const http2: Trial<Http2Case> = {
  program: 'application/main.ts',
  arbitrary: http2Case,
  async complaintsAbout(target, hostile, figures) {
    const port = target.ports[hostile.versions === 'in the path' ? 0 : 1] ?? 0;
    const exchange = await exchangeOverHttp2(port, hostile);
    const judgements = judgeExchange(exchange, hostile.versions, undefined);
    figures?.count(exchange.answers, judgements);
    return judgements.flatMap(({ complaints }) => complaints);
  },
  written: (hostile) => hostile,
};
