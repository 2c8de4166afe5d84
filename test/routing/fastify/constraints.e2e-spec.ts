import { Controller, Get, Module, type Type, Version, VersioningType } from '@nestjs/common';
import { FastifyAdapter, RouteConstraints } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { disagreements, versionDisagreements } from '../agreement.js';
import { headerConstraint } from '../../support/header-constraint.js';
import { closeApplications, labelOf, observe } from '../observed-application.js';

@Controller('pages')
class PagesController {
  @RouteConstraints({ host: 'one.example' }) @Get() one() {}
  @RouteConstraints({ host: 'two.example:8080' }) @Get() two() {}
  @RouteConstraints({ host: /^t\d+\.example$/ }) @Get() numbered() {}
  @Get() any() {}
  @RouteConstraints({ host: 'one.example' }) @Get('fixed') fixed() {}
  @Get(':id') parameter() {}
}

@Controller('secrets')
class SecretsController {
  @RouteConstraints({ tier: 'gold' }) @Get() gold() {}
  @RouteConstraints({ tier: 'silver' }) @Get() silver() {}
  @Get() plain() {}
  @RouteConstraints({ tier: 'gold' }) @Get(':id') goldOne() {}
  @Get('fixed') fixed() {}
}

@Controller('things')
class ThingsController {
  @Version('1.0.0') @Get() first() {}
  @Version('2.0.0') @Get() second() {}
}

function moduleOf(...controllers: Type[]): Type {
  @Module({ controllers })
  class AdHocModule {}
  return AdHocModule;
}

describe('constraints of Fastify', () => {
  afterEach(closeApplications);

  it('hosts: are told apart', async () => {
    const observed = await observe('fastify', moduleOf(PagesController));
    const hosts = [
      'one.example',
      'one.example:80',
      'ONE.example',
      'two.example',
      'two.example:8080',
      't1.example',
      'else',
    ];
    const requests = hosts.flatMap((host) =>
      ['/pages', '/pages/fixed', '/pages/1'].map((path) => ['GET', path, { host }] as const),
    );
    expect(await versionDisagreements(observed, requests)).toEqual([]);
    const candidates = (host: string) =>
      observed.matcher.candidates('GET', '/pages', host).map(({ route }) => route.methodName);
    expect(candidates('one.example')).toEqual(expect.arrayContaining(['one', 'any']));
    expect(candidates('one.example')).not.toContain('two');
    expect(candidates('two.example')).toContain('two');
    expect(observed.matcher.candidates('GET', '/pages/fixed', 'else').map(({ route }) => labelOf(route))).toEqual([
      'PagesController.parameter',
    ]);
  });

  it('constraints that the application invented: leave every possibility open', async () => {
    for (const mustMatchWhenDerived of [false, true]) {
      const strategy = headerConstraint('tier', mustMatchWhenDerived);
      const observed = await observe('fastify', moduleOf(SecretsController), {
        instance: (adapter) => {
          (adapter as FastifyAdapter).getInstance().addConstraintStrategy(strategy as never);
        },
      });
      for (const path of ['/secrets', '/secrets/fixed', '/secrets/x']) {
        for (const headers of [{}, { 'x-tier': 'gold' }, { 'x-tier': 'silver' }, { 'x-tier': 'tin' }]) {
          const { reached, dispatched, candidates } = await observed.request(
            'GET',
            path,
            headers as Record<string, string>,
          );
          expect({ path, headers, possible: dispatched, candidates }).toEqual(
            reached === undefined
              ? expect.anything()
              : {
                  path,
                  headers,
                  possible: expect.arrayContaining([reached]),
                  candidates: expect.arrayContaining([reached]),
                },
          );
        }
      }
      const possible = observed.matcher
        .dispatched('GET', '/secrets', 'localhost', {})
        .map(({ route }) => route.methodName);
      expect([...possible].sort()).toEqual(['gold', 'plain', 'silver']);
      await closeApplications();
    }
  });

  it('Fastify instance that the application brings along: its constraints count', async () => {
    const instance = fastify({ routerOptions: { caseSensitive: false }, caseSensitive: false } as never);
    const observed = await observe('fastify', moduleOf(ThingsController), {
      adapterOptions: instance,
      configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    });
    const requests = [{}, { 'accept-version': '1.x' }, { 'accept-version': '2.0.0' }, { 'x-version': '1.0.0' }].flatMap(
      (headers) => ['/things', '/THINGS'].map((path) => ['GET', path, headers as Record<string, string>] as const),
    );
    expect(await versionDisagreements(observed, requests)).toEqual([]);
    expect(observed.matcher.candidates('GET', '/things', '').map(({ route }) => route.methodName)).toEqual([
      'first',
      'second',
    ]);
  });

  it('routes of plugins: have precedence', async () => {
    const observed = await observe('fastify', moduleOf(PagesController), {
      instance: (adapter) => {
        const router = (adapter as FastifyAdapter).getInstance();
        router.get('/pages/mine', async () => 'a plugin');
        router.get('/pages/:id(^\\d+$)', async () => 'a plugin');
      },
    });
    expect(await observed.request('GET', '/pages/mine')).toMatchObject({ status: 200, dispatched: [], foreseen: [] });
    // The same parameters: only the request itself, once routed, tells.
    expect(await observed.request('GET', '/pages/12')).toMatchObject({ status: 200, dispatched: [] });
    expect(await disagreements(observed, [['GET', '/pages/x']])).toEqual([]);
  });

  it('rewritten URLs: are read as the router reads them', async () => {
    const observed = await observe('fastify', moduleOf(PagesController), {
      adapterOptions: { rewriteUrl: ({ url = '' }: { url?: string }) => url.replace('/old', '/pages') },
    });
    expect(await observed.request('GET', '/old/1')).toMatchObject({
      reached: 'PagesController.parameter',
      dispatched: ['PagesController.parameter'],
    });
  });
});
