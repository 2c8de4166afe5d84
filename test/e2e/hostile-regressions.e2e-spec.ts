import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORMS } from '../support/application.js';
import { type Started, type Versions, start } from '../hostile/application/application.js';
import { JudgingLogger } from '../hostile/application/judging-logger.js';
import { judgeExchange } from '../hostile/oracle/judge-exchange.js';
import { Connections, type Exchange } from '../hostile/wire/exchange.js';

/** A case of `npm run test:hostile` that failed once, as small as it got: one character per byte. */
interface Regression {
  readonly what: string;
  readonly versions?: Versions;
  readonly writes: readonly string[];
  /** The statuses of the answers. */
  readonly statuses: readonly number[];
}

function request(line: string, ...lines: string[]): string {
  return [`${line} HTTP/1.1`, 'Host: localhost', ...lines, '', ''].join('\r\n');
}

const GET = 'Access-Control-Request-Method: GET';

/**
 * The library has not failed any yet. These are the smallest cases that told it from a broken one, which compared the
 * beginnings of origins, say: what the generator finds is found here, in every run of the tests.
 */
const regressions: readonly Regression[] = [
  {
    what: 'an origin that an allowed one is the beginning of',
    writes: [request('OPTIONS /list', 'Origin: https://app.example.com.', GET)],
    statuses: [403],
  },
  {
    what: 'an origin whose response is the same without Vary',
    writes: [request('GET /list', 'Origin: https://exposing.example.com')],
    statuses: [200],
  },
  {
    what: 'a preflight for a method that the policy refuses',
    writes: [request('OPTIONS /strict', 'Origin: https://strict.example.com', 'Access-Control-Request-Method: POST')],
    statuses: [403],
  },
  {
    what: 'two lines that say the same allowed origin',
    writes: [request('GET /list', 'Origin: https://app.example.com', 'Origin: https://app.example.com')],
    statuses: [200],
  },
  {
    what: 'two lines that ask for the same method',
    writes: [request('OPTIONS /', 'Origin: https://default.example.com', GET, GET)],
    statuses: [403],
  },
];

describe.each(PLATFORMS)('hostile cases of earlier runs, on %s,', (platform) => {
  const logger = new JudgingLogger();
  const started = new Map<Versions, Started>();

  beforeAll(async () => {
    for (const versions of ['in the path', 'in a header'] as const) {
      started.set(versions, await start(platform, versions, logger));
    }
  });

  afterAll(async () => {
    for (const application of started.values()) {
      await application.close();
    }
  });

  async function exchange({ versions = 'in the path', writes, statuses }: Regression): Promise<Exchange> {
    const connections = new Connections(started.get(versions)?.port ?? 0);
    try {
      return await connections.exchange({ writes, answers: statuses.length });
    } finally {
      connections.close();
    }
  }

  it.each(regressions)('$what: break no promise', async (regression) => {
    const exchanged = await exchange(regression);
    const judgements = judgeExchange(exchanged, regression.versions ?? 'in the path', regression.statuses.length);
    expect(judgements.flatMap(({ complaints }) => complaints)).toEqual([]);
    expect(exchanged.answers.map(({ status }) => status)).toEqual(regression.statuses);
    expect(logger.take()).toEqual([]);
  });

  it('wrong answer: the oracle finds it', async () => {
    const right = await exchange({
      what: '',
      writes: [request('GET /list', 'Origin: https://evil.test')],
      statuses: [200],
    });
    const [answer] = right.answers;
    const wrong = [...(answer?.headers ?? []), ['access-control-allow-origin', 'https://evil.test'] as const];
    const forged = { ...right, answers: right.answers.map((each) => ({ ...each, headers: wrong })) };
    expect(judgeExchange(right, 'in the path', 1).flatMap(({ complaints }) => complaints)).toEqual([]);
    expect(judgeExchange(forged, 'in the path', 1).flatMap(({ complaints }) => complaints)).toHaveLength(1);
  });
});
