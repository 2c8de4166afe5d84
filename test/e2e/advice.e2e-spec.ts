import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { CorsInspector, type CorsModuleOptions } from '../../lib/index.js';
import {
  type CorsExplanation,
  CORS_REASONS,
  type CorsReason,
  type CorsExplainedRequest,
} from '../../lib/entry-points/diagnostics/index.js';
import { type RunningApplication, createApplication, startApplication } from '../support/application.js';

const PAGE = 'https://page.example';
const INSECURE = 'http://page.example';

@Controller('orders')
class OrdersController {
  @Get()
  list() {
    return [];
  }

  @Put()
  replace() {}
}

type Options = CorsModuleOptions & Record<string, unknown>;

/**
 * Does what a text says, as a person would: takes what stands in backticks for options, and the codes in quotes for those to
 * tolerate. What a text says otherwise is done by hand, and stands beside the request.
 */
function follow(text: string, options: Options): Options {
  const followed: Options = { ...options };
  for (const [, name, value] of text.matchAll(/`(\w+): ([^`]+)`/g)) {
    followed[name as string] = new Function(`return (${value as string})`)() as unknown;
  }
  const tolerated = [...text.matchAll(/'([a-z-]+)' to `?dangerouslyAllow/g)].map(([, code]) => code as string);
  const known = (options.dangerouslyAllow ?? []) as string[];
  return tolerated.length === 0 ? followed : { ...followed, dangerouslyAllow: [...known, ...tolerated] as never };
}

interface Case {
  readonly title: string;
  readonly options: Options;
  readonly request?: Partial<CorsExplainedRequest>;
  /** The reason that is advised about; `undefined` where the decision is a grant without credentials. */
  readonly reason?: CorsReason;
  /** What the text says in words, done by hand. */
  readonly byHand?: (options: Options) => Options;
}

const withOrigin = (origin: string) => (options: Options) => ({
  ...options,
  origin: Array.isArray(options.origin) ? [...(options.origin as string[]), origin] : [origin],
});

const CASES: readonly Case[] = [
  { title: 'nobody is allowed', options: {}, reason: 'cors-disabled', byHand: withOrigin(PAGE) },
  { title: 'an empty list', options: { origin: [] }, reason: 'origin-list-empty', byHand: withOrigin(PAGE) },
  {
    title: 'nobody is allowed, with credentials and without TLS',
    options: { credentials: true },
    request: { origin: INSECURE, credentials: true },
    reason: 'cors-disabled',
    byHand: withOrigin(INSECURE),
  },
  {
    title: 'a list',
    options: { origin: ['https://a.example'] },
    reason: 'origin-not-listed',
    byHand: withOrigin(PAGE),
  },
  {
    title: 'a list with credentials, and a page without TLS',
    options: { origin: ['https://a.example'], credentials: true },
    request: { origin: INSECURE, credentials: true },
    reason: 'origin-not-listed',
    byHand: withOrigin(INSECURE),
  },
  {
    title: 'a list that tolerates something else, and a page without TLS',
    options: { origin: ['null'], credentials: true, dangerouslyAllow: ['null-origin'] },
    request: { origin: INSECURE, credentials: true },
    reason: 'origin-not-listed',
    byHand: withOrigin(INSECURE),
  },
  {
    title: 'an opaque origin',
    options: { origin: ['https://a.example'] },
    request: { origin: 'null' },
    reason: 'origin-null',
    byHand: withOrigin('null'),
  },
  { title: "'*' with credentials", options: { origin: '*' }, request: { credentials: true } },
  {
    title: "'*' with credentials, and a page without TLS",
    options: { origin: '*' },
    request: { credentials: true, origin: INSECURE },
  },
  {
    title: "'*' with credentials, and an opaque origin",
    options: { origin: '*' },
    request: { credentials: true, origin: 'null' },
  },
  {
    title: "'*' everywhere with credentials",
    options: { origin: '*', exposedHeaders: '*', allowedHeaders: '*' },
    request: { credentials: true },
  },
  { title: 'a list without credentials', options: { origin: [PAGE] }, request: { credentials: true } },
  {
    title: 'a list without credentials, with another entry without TLS',
    options: { origin: [PAGE, 'http://other.example'] },
    request: { credentials: true },
  },
  {
    title: 'a method left out',
    options: { origin: [PAGE], methods: ['GET'] },
    request: { method: 'PUT' },
    reason: 'method-not-allowed',
    byHand: (options) => ({ ...options, methods: ['GET', 'PUT'] }),
  },
  {
    title: 'headers left out',
    options: { origin: [PAGE], allowedHeaders: ['x-a'] },
    request: { headers: { 'X-B': '1', 'X-Forwarded-Host': 'a' } },
    reason: 'header-not-allowed',
    byHand: (options) => ({ ...options, allowedHeaders: ['x-a', 'x-b', 'x-forwarded-host'] }),
  },
  {
    title: 'headers that steer routing',
    options: { origin: [PAGE] },
    request: { headers: { 'X-HTTP-Method-Override': 'PUT', 'X-Forwarded-Host': 'a' } },
    reason: 'header-steers-routing',
  },
  {
    title: 'an origin function',
    options: { origin: () => false },
    reason: 'origin-function-refused',
    byHand: (options) => ({ ...options, origin: () => true }),
  },
];

/** What reasons name that is no field of a policy. */
const NO_FIELD = /^(?:lookupTimeout|lookupConcurrency|cache|tenant|external|CorsInspector|method:)/;

describe('advice of explain()', () => {
  let application: RunningApplication | undefined;

  afterEach(async () => {
    await application?.close();
    application = undefined;
  });

  async function explain(cors: Options, request: Partial<CorsExplainedRequest> = {}): Promise<CorsExplanation> {
    application = await startApplication('express', 'NestFactory', { controllers: [OrdersController], cors });
    const explanation = await application.app
      .get(CorsInspector, { strict: false })
      .explain({ method: 'GET', path: '/orders', origin: PAGE, ...request });
    await application.close();
    application = undefined;
    return explanation;
  }

  it.each(CASES)(
    '$title: the advised configuration boots and makes the request readable',
    async ({ options, request, reason, byHand }) => {
      const { readable, conclusion, preflight, response } = await explain(options, request);
      expect(readable).toBe(false);
      if (reason !== undefined) {
        expect([preflight.reason, response.reason]).toContain(reason);
      }
      const followed = follow(conclusion, byHand?.(options) ?? options);
      expect(await explain(followed, request)).toMatchObject({ readable: true });
    },
  );

  it('advice that names a second option: the configuration does not boot without it', async () => {
    const options: Options = { origin: ['https://a.example', INSECURE], credentials: true };
    const app = await createApplication('express', 'NestFactory', { cors: options });
    await expect(app.init()).rejects.toMatchObject({ problems: [{ code: 'insecure-origin' }] });
    await app.close();
  });

  it('every reason that says what to write in the policy: is tried here', () => {
    const tried = new Set(CASES.map(({ reason }) => reason));
    const said = (Object.keys(CORS_REASONS) as CorsReason[]).filter((reason) => {
      const { granted, fix } = CORS_REASONS[reason];
      const named = [...fix.matchAll(/`([^`]+)`/g)].map(([, name]) => String(name));
      return !granted && named.some((name) => !NO_FIELD.test(name));
    });
    // Handshakes alone are refused by the first: explain() explains requests that a script makes. The second is advised where
    // the request may not use its grant: the cases without a reason. The last is no decision.
    expect(said.filter((reason) => !tried.has(reason))).toEqual([
      'origin-missing',
      'credentials-not-allowed',
      'left-to-application',
    ]);
  });

  it('quoted strings: are all origins', async () => {
    const { conclusion } = await explain({ origin: '*' }, { credentials: true, origin: `${PAGE}/` });
    const followed = follow(conclusion, { origin: '*' });
    expect(followed).toEqual({ origin: ['https://app.example.com'], credentials: true });
    expect(conclusion).toContain(`Write "${PAGE}".`);
  });

  it('credentials: names both options that they need in one sentence', async () => {
    const { conclusion } = await explain({ origin: '*', exposedHeaders: '*' }, { credentials: true });
    expect(conclusion).toBe(
      'Not readable: the request carries credentials, and the policy does not allow them. Set `credentials: true`, and ' +
        "list the origins in place of '*', as in `origin: ['https://page.example']`, and write `exposedHeaders: 'all'` in " +
        "place of '*'.",
    );
  });
});
