import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Injectable, type Type } from '@nestjs/common';
import {
  CorsPolicy,
  type CorsPolicyDefinition,
  type CorsPolicyOptions,
  DisableCors,
  type OriginLookup,
  type OriginLookupContext,
} from '../../lib/index.js';
import { ENVIRONMENTS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const MODULE = 'https://module.example';
const CONTROLLER = 'https://controller.example';
const HANDLER = 'https://handler.example';
const NAMED = 'https://named.example';
const LOOKED_UP = 'https://looked-up.example';
const STRANGER = 'https://stranger.example';
const ORIGINS = [MODULE, CONTROLLER, HANDLER, NAMED, LOOKED_UP];
const METHODS = ['GET', 'PUT', 'PATCH', 'DELETE'];
const HEADERS = ['x-module', 'x-controller', 'x-handler'];

const questions: (Pick<OriginLookupContext, 'policy' | 'tenant'> & { origin: string })[] = [];

@Injectable()
class StoredOrigins implements OriginLookup {
  isOriginAllowed(origin: string, { policy, tenant }: OriginLookupContext): boolean {
    questions.push({ origin, policy, tenant });
    return origin === LOOKED_UP;
  }
}

/** Everything that can be seen of a policy from outside. */
interface Observed {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: string | undefined;
  readonly credentials: boolean;
  readonly maxAge: string | undefined;
  readonly status: number;
  readonly rejects: boolean;
}

/** The defaults of the application under test, and what is seen of them. */
const DEFAULTS: CorsPolicyOptions = {
  origin: [MODULE],
  methods: ['GET', 'POST', 'PUT'],
  allowedHeaders: ['x-module'],
  exposedHeaders: ['x-module'],
  credentials: true,
  maxAge: 100,
  optionsSuccessStatus: 200,
  rejectDisallowed: true,
};

const SEEN: Observed = {
  origins: [MODULE],
  methods: ['GET', 'PUT'],
  headers: ['x-module'],
  exposed: 'x-module',
  credentials: true,
  maxAge: '100',
  status: 200,
  rejects: true,
};

/** What is seen of a policy that sets nothing but its origin: the documented defaults, and nothing of the module's. */
const ALONE: Omit<Observed, 'origins'> = {
  methods: METHODS,
  headers: HEADERS,
  exposed: undefined,
  credentials: false,
  maxAge: undefined,
  status: 204,
  rejects: false,
};

/** Two policies of the same field for two levels, and what they change in what is seen. */
interface FieldCase {
  readonly controller: CorsPolicyOptions;
  readonly controllerSeen: Partial<Observed>;
  readonly handler: CorsPolicyOptions;
  readonly handlerSeen: Partial<Observed>;
}

const FIELDS: Readonly<Record<string, FieldCase>> = {
  origin: {
    controller: { origin: [CONTROLLER] },
    controllerSeen: { origins: [CONTROLLER] },
    handler: { origin: [HANDLER] },
    handlerSeen: { origins: [HANDLER] },
  },
  methods: {
    controller: { methods: ['GET', 'POST', 'PATCH'] },
    controllerSeen: { methods: ['GET', 'PATCH'] },
    handler: { methods: ['GET', 'POST', 'DELETE'] },
    handlerSeen: { methods: ['GET', 'DELETE'] },
  },
  allowedHeaders: {
    controller: { allowedHeaders: ['X-Controller'] },
    controllerSeen: { headers: ['x-controller'] },
    handler: { allowedHeaders: ['x-handler'] },
    handlerSeen: { headers: ['x-handler'] },
  },
  exposedHeaders: {
    controller: { exposedHeaders: ['X-Controller'] },
    controllerSeen: { exposed: 'X-Controller' },
    handler: { exposedHeaders: ['X-Handler', 'ETag'] },
    handlerSeen: { exposed: 'X-Handler,ETag' },
  },
  credentials: {
    controller: { credentials: false },
    controllerSeen: { credentials: false },
    handler: { credentials: true },
    handlerSeen: { credentials: true },
  },
  maxAge: {
    controller: { maxAge: 200 },
    controllerSeen: { maxAge: '200' },
    handler: { maxAge: 300 },
    handlerSeen: { maxAge: '300' },
  },
  optionsSuccessStatus: {
    controller: { optionsSuccessStatus: 201 },
    controllerSeen: { status: 201 },
    handler: { optionsSuccessStatus: 204 },
    handlerSeen: { status: 204 },
  },
  rejectDisallowed: {
    controller: { rejectDisallowed: false },
    controllerSeen: { rejects: false },
    handler: { rejectDisallowed: true },
    handlerSeen: { rejects: true },
  },
};

/** What no level sets: as good as not written. */
const ALL_UNSET: Required<CorsPolicyDefinition> = {
  extends: undefined,
  origin: undefined,
  originLookup: undefined,
  methods: undefined,
  allowedHeaders: undefined,
  exposedHeaders: undefined,
  credentials: undefined,
  maxAge: undefined,
  optionsSuccessStatus: undefined,
  rejectDisallowed: undefined,
  tenant: undefined,
  dangerouslyAllow: undefined,
  shadow: undefined,
};

/** Each is a value, and not the absence of one. */
const EMPTY_VALUES: Readonly<Record<string, readonly [CorsPolicyOptions, Partial<Observed>]>> = {
  'origin: false': [{ origin: false }, { origins: [], methods: [], headers: [], exposed: undefined }],
  'origin: []': [{ origin: [] }, { origins: [], methods: [], headers: [], exposed: undefined }],
  'methods: []': [{ methods: [] }, { origins: [], methods: [], headers: [], exposed: undefined }],
  'allowedHeaders: []': [{ allowedHeaders: [] }, { headers: [] }],
  'exposedHeaders: []': [{ exposedHeaders: [] }, { exposed: undefined }],
  'credentials: false': [{ credentials: false }, { credentials: false }],
  'maxAge: 0': [{ maxAge: 0 }, { maxAge: '0' }],
  'rejectDisallowed: false': [{ rejectDisallowed: false }, { rejects: false }],
};

type Level = string | CorsPolicyDefinition | 'disabled' | undefined;
const DISABLED = 'disabled' as const;

const controllers: Type[] = [];

/** Adds a controller at `/path` with what stands on its class and on its method, and returns the path. */
function route(path: string, onClass: Level, onMethod?: Level): string {
  class Handlers {
    handler() {
      return path;
    }
  }
  const method = Object.getOwnPropertyDescriptor(Handlers.prototype, 'handler') as PropertyDescriptor;
  All()(Handlers.prototype, 'handler', method);
  if (onMethod !== undefined) {
    decorator(onMethod)(Handlers.prototype, 'handler', method);
  }
  Controller(path)(Handlers);
  if (onClass !== undefined) {
    (decorator(onClass) as ClassDecorator)(Handlers);
  }
  controllers.push(Handlers);
  return `/${path}`;
}

function decorator(level: Exclude<Level, undefined>) {
  return level === DISABLED ? DisableCors() : CorsPolicy(level);
}

abstract class SharedHandlers {
  @All()
  shared() {
    return 'shared';
  }

  @All('own')
  @CorsPolicy({ maxAge: 7 })
  own() {
    return 'own';
  }

  @All('disabled')
  @DisableCors()
  disabled() {
    return 'disabled';
  }
}

@Controller('heirs/first')
@CorsPolicy({ origin: [CONTROLLER], maxAge: 1 })
class FirstHeir extends SharedHandlers {}

@Controller('heirs/second')
@CorsPolicy({ origin: [HANDLER], exposedHeaders: ['x-second'] })
class SecondHeir extends SharedHandlers {}

@Controller('heirs/plain')
class PlainHeir extends SharedHandlers {}

@Controller('heirs/disabled')
@DisableCors()
class DisabledHeir extends SharedHandlers {}

@CorsPolicy({ origin: [NAMED] })
abstract class DecoratedBase {
  @All()
  inherited() {
    return 'inherited';
  }
}

@Controller('heirs/of-a-decorated-class')
class HeirOfDecorated extends DecoratedBase {}

@Controller('heirs/overriding')
@CorsPolicy({ origin: [CONTROLLER] })
class OverridingHeir extends DecoratedBase {}

const FIELD_ROUTES = Object.entries(FIELDS).map(([name, field]) => ({
  name,
  field,
  onController: route(`fields/${name}/controller`, field.controller),
  onHandler: route(`fields/${name}/handler`, undefined, field.handler),
  onBoth: route(`fields/${name}/both`, field.controller, field.handler),
}));

const EMPTY_ROUTES = Object.entries(EMPTY_VALUES).map(([name, [options, seen]], index) => ({
  name,
  seen,
  onController: route(`empty/${index}/controller`, options),
  onHandler: route(`empty/${index}/handler`, undefined, options),
}));

const ROUTES = {
  nothing: route('nothing', undefined),
  unset: route('unset', ALL_UNSET, ALL_UNSET),
  unsetOnHandler: route('unset-on-handler', { maxAge: 200, origin: [CONTROLLER] }, ALL_UNSET),
  differentFields: route('different-fields', { maxAge: 200 }, { exposedHeaders: ['X-Handler'] }),
  lookupReplacesOrigin: route('lookup-replaces-origin', { originLookup: StoredOrigins }),
  originReplacesLookup: route('origin-replaces-lookup', { originLookup: StoredOrigins }, { origin: [HANDLER] }),
  falseReplacesLookup: route('false-replaces-lookup', { originLookup: StoredOrigins }, { origin: false }),
  lookupReplacesBoth: route(
    'lookup-replaces-both',
    { origin: [CONTROLLER], originLookup: { isOriginAllowed: () => true } },
    { originLookup: StoredOrigins },
  ),
  floorAndLookup: route('floor-and-lookup', { origin: [CONTROLLER], originLookup: StoredOrigins }),
  lookupStays: route('lookup-stays', { originLookup: StoredOrigins }, { maxAge: 5 }),
  name: route('name', 'named'),
  nameOnHandler: route('name-on-handler', { maxAge: 200, exposedHeaders: ['X-Controller'] }, 'named'),
  fieldsOverName: route('fields-over-name', 'named', { maxAge: 300 }),
  nameOverName: route('name-over-name', 'named', 'heir'),
  extends: route('extends', { extends: 'named', maxAge: 60 }),
  extendsOnHandler: route('extends-on-handler', { exposedHeaders: ['X-Controller'] }, { extends: 'named', maxAge: 60 }),
  heir: route('heir', 'heir'),
  disabled: route('disabled', DISABLED),
  disabledHandler: route('disabled-handler', { origin: [CONTROLLER] }, DISABLED),
  disabledYields: route('disabled-yields', DISABLED, { maxAge: 5 }),
  disabledYieldsToName: route('disabled-yields-to-name', DISABLED, 'named'),
  disabledTwice: route('disabled-twice', DISABLED, DISABLED),
  tenant: route('tenant', { originLookup: StoredOrigins, tenant: () => 'controller' }),
  tenantReplaced: route(
    'tenant-replaced',
    { originLookup: StoredOrigins, tenant: () => 'controller' },
    { tenant: () => 'handler' },
  ),
  namedLookup: route('named-lookup', 'stored', { maxAge: 5 }),
};

describe.each(ENVIRONMENTS)('policy merging on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, bootstrap, {
      controllers: [...controllers, FirstHeir, SecondHeir, PlainHeir, DisabledHeir, HeirOfDecorated, OverridingHeir],
      providers: [StoredOrigins],
      cors: {
        ...DEFAULTS,
        policies: {
          named: { origin: [NAMED], maxAge: 400 },
          heir: { extends: 'named', exposedHeaders: ['X-Heir'] },
          stored: { originLookup: StoredOrigins },
        },
        paths: [
          { path: '/paths/fields', policy: { maxAge: 500 } },
          { path: '/paths/name', policy: 'named' },
          { path: '/paths/extends', policy: { extends: 'named', maxAge: 600 } },
        ],
      },
    });
  });

  afterAll(() => application.close());

  /** What browsers of several origins see of the policy at a path. */
  async function observe(path: string): Promise<Observed> {
    const reads = await Promise.all(ORIGINS.map((origin) => application.from(origin, path)));
    const origins = ORIGINS.filter((origin, index) => reads[index]?.headers['access-control-allow-origin'] === origin);
    const asks = origins[0] ?? MODULE;
    const [preflight, ...rest] = await Promise.all([
      application.preflight(asks, 'GET', path),
      ...METHODS.map((method) => application.preflight(asks, method, path)),
      ...HEADERS.map((header) => application.preflight(asks, 'GET', path, header)),
    ]);
    const isGranted = (index: number) => corsHeaders(rest[index] ?? preflight)['access-control-allow-origin'] === asks;
    const read = reads[Math.max(0, ORIGINS.indexOf(asks))];
    return {
      origins,
      methods: METHODS.filter((_, index) => isGranted(index)),
      headers: HEADERS.filter((_, index) => isGranted(METHODS.length + index)),
      exposed: read?.headers['access-control-expose-headers'] as string | undefined,
      credentials: read?.headers['access-control-allow-credentials'] === 'true',
      maxAge: preflight.headers['access-control-max-age'] as string | undefined,
      status: preflight.status,
      rejects: (await application.from(STRANGER, path)).status === 403,
    };
  }

  /** Where nobody is allowed, no more than a refusal can be seen. */
  const refusal = (seen: Partial<Observed>) =>
    seen.origins?.length === 0 ? { credentials: false, maxAge: undefined, status: 403 } : {};

  it('no decorator: has the defaults of the module', async () => {
    expect(await observe(ROUTES.nothing)).toEqual(SEEN);
  });

  describe.each(FIELD_ROUTES)('$name', ({ field, onController, onHandler, onBoth }) => {
    it('on a controller: replaces that of the module, and no other field', async () => {
      expect(await observe(onController)).toEqual({ ...SEEN, ...field.controllerSeen });
    });

    it('on a handler: replaces that of the module, and no other field', async () => {
      expect(await observe(onHandler)).toEqual({ ...SEEN, ...field.handlerSeen });
    });

    it('on a handler: replaces that of its controller', async () => {
      expect(await observe(onBoth)).toEqual({ ...SEEN, ...field.handlerSeen });
    });
  });

  it.each(EMPTY_ROUTES)('$name: is a value, not unset', async ({ seen, onController, onHandler }) => {
    const expected = { ...SEEN, ...seen, ...refusal(seen) };
    expect(await observe(onController)).toEqual(expected);
    expect(await observe(onHandler)).toEqual(expected);
  });

  it('undefined: is unset', async () => {
    expect(await observe(ROUTES.unset)).toEqual(SEEN);
    expect(await observe(ROUTES.unsetOnHandler)).toEqual({ ...SEEN, origins: [CONTROLLER], maxAge: '200' });
  });

  it('different fields of different levels: are combined', async () => {
    expect(await observe(ROUTES.differentFields)).toEqual({ ...SEEN, maxAge: '200', exposed: 'X-Handler' });
  });

  describe('origin and originLookup', () => {
    it('lookup below origins: replaces them', async () => {
      expect(await observe(ROUTES.lookupReplacesOrigin)).toEqual({ ...SEEN, origins: [LOOKED_UP] });
    });

    it('origins below a lookup: replace it', async () => {
      expect(await observe(ROUTES.originReplacesLookup)).toEqual({ ...SEEN, origins: [HANDLER] });
    });

    it('false below a lookup: replaces it', async () => {
      expect((await observe(ROUTES.falseReplacesLookup)).origins).toEqual([]);
    });

    it('lookup below both: replaces both', async () => {
      expect(await observe(ROUTES.lookupReplacesBoth)).toEqual({ ...SEEN, origins: [LOOKED_UP] });
    });

    it('both on one level: add up', async () => {
      expect(await observe(ROUTES.floorAndLookup)).toEqual({ ...SEEN, origins: [CONTROLLER, LOOKED_UP] });
    });

    it('level that sets neither: both stay', async () => {
      expect(await observe(ROUTES.lookupStays)).toEqual({ ...SEEN, origins: [LOOKED_UP], maxAge: '5' });
    });
  });

  /** What is seen of the policy `named`. */
  const named: Observed = { ...ALONE, origins: [NAMED], maxAge: '400' };

  describe('named policy', () => {
    it("extended: starts from that policy, and from nothing of the module's defaults", async () => {
      expect(await observe(ROUTES.name)).toEqual(named);
    });

    it('on a handler: replaces the fields of the controller', async () => {
      expect(await observe(ROUTES.nameOnHandler)).toEqual(named);
      expect(await observe(ROUTES.nameOverName)).toEqual({ ...named, exposed: 'X-Heir' });
    });

    it('on a controller: fields of its handlers start from it', async () => {
      expect(await observe(ROUTES.fieldsOverName)).toEqual({ ...named, maxAge: '300' });
    });

    it('extended where it is used: fields are on top of it', async () => {
      expect(await observe(ROUTES.extends)).toEqual({ ...named, maxAge: '60' });
    });

    it('extended by a handler: replaces the fields of the controller', async () => {
      expect(await observe(ROUTES.extendsOnHandler)).toEqual({ ...named, maxAge: '60' });
    });

    it('extended by another policy: is its start', async () => {
      expect(await observe(ROUTES.heir)).toEqual({ ...named, exposed: 'X-Heir' });
    });
  });

  describe('`paths` entry', () => {
    it("fields: override the module's defaults one by one", async () => {
      expect(await observe('/paths/fields')).toEqual({ ...SEEN, maxAge: '500' });
    });

    it('name: starts from the policy of that name', async () => {
      expect(await observe('/paths/name')).toEqual(named);
      expect(await observe('/paths/extends')).toEqual({ ...named, maxAge: '600' });
    });
  });

  describe('@DisableCors()', () => {
    const nobody = { origins: [], methods: [], headers: [], exposed: undefined };
    const disabled = { ...SEEN, ...nobody, ...refusal(nobody) };

    it('on a class: allows no origin', async () => {
      expect(await observe(ROUTES.disabled)).toEqual(disabled);
      expect(await observe(ROUTES.disabledTwice)).toEqual(disabled);
    });

    it('on a method: allows no origin, whatever its class sets', async () => {
      expect(await observe(ROUTES.disabledHandler)).toEqual(disabled);
    });

    it("on a class, fields on a method: the method has these fields over the module's defaults", async () => {
      expect(await observe(ROUTES.disabledYields)).toEqual({ ...SEEN, maxAge: '5' });
    });

    it('on a class, a name on a method: the method has the named policy', async () => {
      expect(await observe(ROUTES.disabledYieldsToName)).toEqual(named);
    });
  });

  describe('handler that several controllers inherit', () => {
    it('policies on the controllers: has the policy of each of them', async () => {
      expect(await observe('/heirs/first')).toEqual({ ...SEEN, origins: [CONTROLLER], maxAge: '1' });
      expect(await observe('/heirs/second')).toEqual({ ...SEEN, origins: [HANDLER], exposed: 'x-second' });
      expect(await observe('/heirs/plain')).toEqual(SEEN);
      expect((await observe('/heirs/disabled')).origins).toEqual([]);
    });

    it('fields on the handler: are on top of each of them', async () => {
      expect(await observe('/heirs/first/own')).toEqual({ ...SEEN, origins: [CONTROLLER], maxAge: '7' });
      expect(await observe('/heirs/second/own')).toEqual({
        ...SEEN,
        origins: [HANDLER],
        exposed: 'x-second',
        maxAge: '7',
      });
      expect(await observe('/heirs/plain/own')).toEqual({ ...SEEN, maxAge: '7' });
      expect(await observe('/heirs/disabled/own')).toEqual({ ...SEEN, maxAge: '7' });
    });

    it('@DisableCors() on the handler: is disabled in all of them', async () => {
      for (const heir of ['first', 'second', 'plain', 'disabled']) {
        expect((await observe(`/heirs/${heir}/disabled`)).origins).toEqual([]);
      }
    });

    it('policy on the base class: holds where the controller has none, and only there', async () => {
      expect(await observe('/heirs/of-a-decorated-class')).toEqual({ ...SEEN, origins: [NAMED] });
      expect(await observe('/heirs/overriding')).toEqual({ ...SEEN, origins: [CONTROLLER] });
    });
  });

  describe('lookup context', () => {
    async function asked(path: string) {
      questions.length = 0;
      await application.from(STRANGER, path);
      return questions.map(({ policy, tenant }) => ({ policy, tenant }));
    }

    it('tenant on several levels: is that of the nearest', async () => {
      expect(await asked(ROUTES.tenant)).toEqual([{ policy: 'default', tenant: 'controller' }]);
      expect(await asked(ROUTES.tenantReplaced)).toEqual([{ policy: 'default', tenant: 'handler' }]);
    });

    it('lookup of another policy: has the name of the policy that defines the lookup', async () => {
      expect(await asked(ROUTES.namedLookup)).toEqual([{ policy: 'stored', tenant: undefined }]);
      expect(await asked(ROUTES.lookupStays)).toEqual([{ policy: 'default', tenant: undefined }]);
    });
  });
});
