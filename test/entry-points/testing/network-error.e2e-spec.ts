import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { browserFrom } from '../../../lib/entry-points/testing/index.js';
import { close, listen } from '../../support/listening.js';

const PAGE = 'https://page.example';
const GRANT = { 'Access-Control-Allow-Origin': PAGE };
const PUT = { method: 'PUT' };
const COOKIES = { credentials: 'include' } as const;
const ACCESS_CHECK = "Response to preflight request doesn't pass access control check: ";
const VALID = 'Have the server send the header with a valid value.';

/** The browser's own tests compare these sentences with Chromium's. */
describe('the message of a network error', () => {
  let answer: { readonly status: number; readonly headers: Record<string, string | string[]> };
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer(({ url: path }, response) => {
      const { status, headers } = path === '/none' ? { status: 200, headers: {} } : answer;
      response.writeHead(status, headers).end();
    });
    url = `http://127.0.0.1:${await listen(server)}`;
  });

  afterAll(() => close(server));

  async function messageOf(asked: RequestInit, status: number, headers: typeof answer.headers): Promise<string> {
    answer = { status, headers };
    const result = await browserFrom(PAGE, url).fetch(`${url}/orders`, asked as object);
    return result.kind === 'network-error' ? result.message : result.kind;
  }

  it.each<[asked: object, status: number, headers: Record<string, string | string[]>, reason: string]>([
    [{}, 200, {}, "No 'Access-Control-Allow-Origin' header is present on the requested resource."],
    [PUT, 403, {}, `${ACCESS_CHECK}No 'Access-Control-Allow-Origin' header is present on the requested resource.`],
    [
      COOKIES,
      200,
      { 'Access-Control-Allow-Origin': '*' },
      "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.",
    ],
    [
      {},
      200,
      { 'Access-Control-Allow-Origin': ['*', '*'] },
      `The 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is allowed. ${VALID}`,
    ],
    ...['null', 'https://other.example'].map((value): [object, number, Record<string, string>, string] => [
      {},
      200,
      { 'Access-Control-Allow-Origin': value },
      `The 'Access-Control-Allow-Origin' header has a value '${value}' that is not equal to the supplied origin. ${VALID}`,
    ]),
    [
      {},
      200,
      { 'Access-Control-Allow-Origin': 'page.example' },
      `The 'Access-Control-Allow-Origin' header contains the invalid value 'page.example'. ${VALID}`,
    ],
    [
      COOKIES,
      200,
      GRANT,
      "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'.",
    ],
    [PUT, 404, GRANT, `${ACCESS_CHECK}It does not have HTTP ok status.`],
    [PUT, 308, GRANT, `${ACCESS_CHECK}It does not have HTTP ok status.`],
    [PUT, 301, { ...GRANT, Location: '/a' }, `${ACCESS_CHECK}Redirect is not allowed for a preflight request.`],
    [PUT, 301, { Location: '/a' }, `${ACCESS_CHECK}Redirect is not allowed for a preflight request.`],
    [PUT, 204, GRANT, 'Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.'],
    [
      PUT,
      204,
      { ...GRANT, 'Access-Control-Allow-Methods': 'GET PUT' },
      'Cannot parse Access-Control-Allow-Methods response header field in preflight response.',
    ],
    [
      { headers: { 'X-Trace': '1' } },
      204,
      GRANT,
      'Request header field x-trace is not allowed by Access-Control-Allow-Headers in preflight response.',
    ],
    [
      {},
      302,
      { ...GRANT, Location: 'http://user:hunter2@127.0.0.1:1/' },
      "Redirect location '' contains a username and password, which is disallowed for cross-origin requests.",
    ],
  ])('%j, answered with %i %j: is the sentence of Chrome', async (asked, status, headers, reason) => {
    expect(await messageOf(asked, status, headers)).toBe(
      `Access to fetch at '${url}/orders' from origin '${PAGE}' has been blocked by CORS policy: ${reason}`,
    );
  });

  it('after a redirect: names the first URL, too', async () => {
    expect(await messageOf({}, 302, { ...GRANT, Location: '/none' })).toContain(
      `Access to fetch at '${url}/none' (redirected from '${url}/orders') from origin '${PAGE}' has been blocked`,
    );
  });

  it('of mode same-origin: is the sentence of Chrome', async () => {
    expect(await messageOf({ mode: 'same-origin' }, 200, {})).toBe(
      `Fetch API cannot load ${url}/orders. Request mode is "same-origin" but the URL's origin is not same as the request origin ${PAGE}.`,
    );
  });
});
