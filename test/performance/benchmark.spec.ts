import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly length: number;
}
interface SendingClient {
  ask(wire: string): Promise<Answer>;
  send(wire: string, answer: Answer, count: number): Promise<void>;
  close(): void;
}
interface Row {
  readonly figure: string;
  readonly quietest: string;
  readonly '': string;
}

// Scripts: they have no types.
const benchmark = resolve(import.meta.dirname, '../benchmark');
const load = async (file: string): Promise<any> => import(join(benchmark, file));
const { checkAnswer } = await load('http/answers.mjs');
const { judgedAims } = await load('http/aims.mjs');
const { Client } = await load('http/client.mjs');
const { REQUESTS, wireText } = await load('http/requests.mjs');
const { Results } = await load('http/results.mjs');
const { SingleUseClient } = await load('http/single-use-client.mjs');
const { overviewOf, withOverview } = await load('overview.mjs');
const { checkFirstAnswer } = await load('start/measure.mjs');

const requestOf = (name: string): object => REQUESTS.find((request: { name: string }) => request.name === name);
const LIBRARY = { name: 'handler', cors: 'library' };
const GRANTED = {
  'access-control-allow-origin': 'https://app.example.com',
  'access-control-allow-credentials': 'true',
  vary: 'Origin',
};

function check(request: string, status: number, headers: Readonly<Record<string, string>>, contender = LIBRARY): void {
  checkAnswer({ status, headers: new Map(Object.entries(headers)) }, contender, requestOf(request));
}

describe('the check of answers', () => {
  it.each([
    ['get-allowed', 200, GRANTED],
    ['get-connection', 200, GRANTED],
    ['get-refused', 200, { vary: 'Accept, Origin' }],
    ['preflight-refused-parameter', 403, { vary: 'Origin' }],
  ])('right answer to %s: passes', (request, status, headers) => {
    expect(() => check(request, status, headers)).not.toThrow();
  });

  it.each([
    ['another status', 'get-allowed', 500, GRANTED, 'status is 500'],
    ['another origin', 'get-allowed', 200, { ...GRANTED, 'access-control-allow-origin': '*' }, 'allow-origin is \\*'],
    ['no Vary', 'get-refused', 200, {}, 'vary is undefined'],
    ['a grant to a refused origin', 'get-refused', 200, GRANTED, 'allow-origin is https'],
    ['a refused preflight with 204', 'preflight-refused', 204, { vary: 'Origin' }, 'status is 204'],
    ['a granted preflight without its method', 'preflight-granted', 204, GRANTED, 'allow-methods is undefined'],
  ])('%s: fails', (_title, request, status, headers, message) => {
    expect(() => check(request, status, headers)).toThrow(new RegExp(message));
  });

  it('application without CORS that grants: fails', () => {
    expect(() => check('get-allowed', 200, GRANTED, { name: 'none', cors: 'none' })).toThrow('none, get-allowed');
    expect(() => checkFirstAnswer({ status: 200, granted: 'https://app.example.com' }, 'none')).toThrow('none: 200');
    expect(() => checkFirstAnswer({ status: 200, granted: undefined }, 'library')).toThrow('library: 200');
  });
});

describe.each([
  ['connections that stay open', (port: number) => Client.open(port, 4), 'get-allowed'],
  ['a connection for each request', (port: number) => new SingleUseClient(port, 4), 'get-connection'],
])('the client with %s', (_title, open, name) => {
  let server: Server | undefined;
  const wire: string = wireText(requestOf(name));

  /** An application whose responses are other ones from that of this number on. */
  async function sendTo(count: number, from: number, other: { status?: number; text?: string }): Promise<number> {
    let answered = 0;
    server = createServer((_request, response) => {
      const { status = 200, text = 'items' } = ++answered < from ? {} : other;
      response.writeHead(status, { 'Content-Length': text.length }).end(text);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client: SendingClient = await open((server.address() as AddressInfo).port);
    try {
      await client.send(wire, await client.ask(wire), count);
    } finally {
      client.close();
    }
    return answered;
  }

  afterEach(() => {
    server?.close();
  });

  it('number of requests: is the one that was asked for', async () => {
    await expect(sendTo(50, Infinity, {})).resolves.toBe(51);
  });

  it('fewer requests than connections: sends them all', async () => {
    await expect(sendTo(2, Infinity, {})).resolves.toBe(3);
  });

  it('response with another status: fails', async () => {
    await expect(sendTo(50, 20, { status: 500 })).rejects.toThrow('Not the answer that was checked: HTTP/1.1 500');
  });

  it('longer response: fails', async () => {
    await expect(sendTo(50, 20, { text: 'itemsitems' })).rejects.toThrow('Not the answer that was checked');
  });
});

describe('the table of aims', () => {
  const results = Results.from([
    { name: 'floor', request: 'get-allowed', times: [10, 12, 11] },
    { name: 'handler', request: 'get-allowed', times: [13, 10.2, 14] },
    { name: 'lookup', request: 'get-allowed', times: [10.5, 12, 13] },
  ]);
  const verdictOf = (figure: string): unknown =>
    judgedAims('express', results)
      .filter((row: Row) => row.figure === figure)
      .map((row: Row) => [row.quietest, row['']]);

  it('several rounds: compares the quietest ones', () => {
    expect(verdictOf('GET, allowed origin: handler policy over the floor')).toEqual([['1.020', 'met']]);
    expect(verdictOf('GET, allowed origin: cached lookup over the floor')).toEqual([['1.050', 'not met']]);
  });

  it('value that was not measured: is named as such', () => {
    expect(verdictOf('GET, allowed origin: handler policy over enableCors()')).toEqual([['–', 'not measured']]);
  });

  it('nothing measured: holds every aim of both adapters', () => {
    const rows = overviewOf({ stages: new Map() })
      .split('\n')
      .filter((line: string) => line.includes('not measured'));
    expect(rows.filter((row: string) => row.includes('Express')).length).toBe(rows.length / 2);
    expect(rows.length).toBeGreaterThan(35);
  });
});

describe('docs/performance.md', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/performance.md'), 'utf8');

  it('marked place: is the only one that the benchmark writes', () => {
    const written = withOverview(page, 'What is new.');
    expect(written).toMatch(/-->\n\nWhat is new\.\n\n<!--/);
    expect(withOverview(written, 'What is new.')).toBe(written);
    expect(written).toContain('## What is done for it');
  });

  it('no marked place: is not overwritten', () => {
    expect(() => withOverview('# Performance', 'What is new.')).toThrow('no place');
  });
});
