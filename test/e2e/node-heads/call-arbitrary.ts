import fc from 'fast-check';
import { type Call, type Form, HeadersArgument } from './calls.js';

const ACAO = 'Access-Control-Allow-Origin';

const corsName = fc.constantFrom(
  ACAO,
  'ACCESS-CONTROL-ALLOW-ORIGIN',
  'access-control-allow-credentials',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
  'access-control-expose-headers',
  'Vary',
  'vary',
  'VARY',
);

const plainName = fc.constantFrom(
  'X-A',
  'x-a',
  'X-B',
  'X-Tags',
  'Content-Type',
  'content-type',
  'Cache-Control',
  'Set-Cookie',
  'Cookie',
  'Link',
  'Access-Control-Allow-Methods',
  'access-control-max-age',
  '__proto__',
  'constructor',
);

/** Names that steer how the body is framed, or what becomes of the connection. */
const framingName = fc.constantFrom('Content-Length', 'Transfer-Encoding', 'Connection', 'Trailer', 'Keep-Alive');

const badName = fc.constantFrom<unknown>('', 'bad name', 'X-Ünicode', 'X-A:', 42, undefined, null);

const name = fc.oneof(
  { weight: 6, arbitrary: plainName },
  { weight: 5, arbitrary: corsName },
  { weight: 1, arbitrary: framingName },
  { weight: 1, arbitrary: badName },
);

const text = fc.constantFrom(
  'a',
  'b, c',
  '',
  ' padded ',
  'é',
  '*',
  'true',
  '4',
  'Origin',
  'Accept',
  'Accept, Accept-Language',
  'origin, accept',
  'https://app.example.com',
  'https://evil.example',
  ACAO,
  'Vary',
  'Access-Control-Allow-Credentials',
);

const badText = fc.constantFrom('€', 'a\r\nX-Injected: yes', 'a\u0000');

const oddValue = fc.constantFrom<unknown>(0, 42, -1, Number.NaN, true, false, null, undefined, {}, [], new Date(0));

const list = fc.oneof(
  fc.array(text, { maxLength: 4 }),
  fc.constant(['a', ACAO, 'https://evil.example']),
  fc.constant(['a', 'Vary', 'b', 'X-A']),
  fc.array(fc.oneof(text, oddValue, badText), { maxLength: 3 }),
  fc.constant([['a'], ['b', 'c']]),
);

const value = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 3, arbitrary: list },
  { weight: 1, arbitrary: oddValue },
  { weight: 1, arbitrary: badText },
);

const form = fc.constantFrom<Form>(
  'object',
  'object',
  'bare object',
  'flat',
  'flat',
  'odd flat',
  'pairs',
  'pairs',
  'map',
  'headers',
  'entries of a map',
);

const lines = fc.array(fc.tuple(name, value), { maxLength: 5 });

const headers = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ form, lines }).map((written) => new HeadersArgument(written)),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, null, 'X-A: a', 42, [], [['X-A']], [['X-A', 'a', 'b']]) },
);

const status = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<unknown>(200, 201, 204, 304, 404, 500) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(99, 1000, '200', 'ok', undefined, 202.5, Number.NaN) },
);

const reason = fc.constantFrom<unknown>('Fine', '', 'é', 'a\r\nb', '€', undefined);

const call = (member: string, ...values: fc.Arbitrary<unknown>[]): fc.Arbitrary<Call> =>
  fc.tuple(...values).map((given) => ({ does: 'call', member, values: given }));

const assign = (member: string, given: fc.Arbitrary<unknown>): fc.Arbitrary<Call> =>
  given.map((one) => ({ does: 'assign', member, values: [one] }));

const writeHead = fc.oneof(
  call('writeHead', status),
  call('writeHead', status, reason),
  call('writeHead', status, headers),
  call('writeHead', status, headers),
  call('writeHead', status, reason, headers),
);

const link = fc.constantFrom('</a.css>; rel=preload', '</b.js>; rel=preload; as=script');
const hints = fc
  .tuple(fc.oneof(link, fc.array(link, { maxLength: 2 }), fc.constant('no link')), fc.array(fc.tuple(name, value)))
  .map(([given, more]) => new HeadersArgument({ form: 'object', lines: [['link', given], ...more.slice(0, 3)] }));

const head = fc.oneof(
  { weight: 6, arbitrary: call('setHeader', name, value) },
  { weight: 3, arbitrary: call('appendHeader', name, value) },
  { weight: 3, arbitrary: call('setHeaders', headers) },
  { weight: 1, arbitrary: call('removeHeader', name) },
  { weight: 1, arbitrary: call('writeEarlyHints', hints) },
  { weight: 1, arbitrary: assign('statusMessage', reason) },
  { weight: 1, arbitrary: assign('statusCode', status) },
  { weight: 1, arbitrary: assign('sendDate', fc.boolean()) },
);

const begin = fc.oneof(
  { weight: 8, arbitrary: writeHead },
  { weight: 1, arbitrary: call('flushHeaders') },
  { weight: 1, arbitrary: call('write', fc.constantFrom('body', '')) },
);

const body = fc.oneof(call('write', fc.constant('more')), call('end', fc.constantFrom<unknown>('last', undefined)));

/** Sequences of calls: most of them write the head by hand, and some go on where a response has already begun. */
export const calls: fc.Arbitrary<readonly Call[]> = fc
  .tuple(
    fc.array(head, { maxLength: 4 }),
    fc.array(begin, { maxLength: 2 }),
    fc.array(fc.oneof(body, body, head, writeHead), { maxLength: 3 }),
  )
  .map((parts) => parts.flat());
