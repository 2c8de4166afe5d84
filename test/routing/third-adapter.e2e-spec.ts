import { afterEach, describe, expect, it } from '@jest/globals';
import { disagreements } from './agreement.js';
import { kitchenSink } from './kitchen-sink.js';
import { nastyTargets } from './nasty-targets.js';
import { closeApplications, observe } from './observed-application.js';

describe('route table › adapter without router details and with few methods', () => {
  afterEach(closeApplications);

  it('any route: finds its handler, also one that Nest mounts with use()', async () => {
    const observed = await observe('express', kitchenSink('express'), {
      instance: (adapter) =>
        Object.assign(adapter, {
          getType: () => 'third',
          isRouteOrderSensitive: undefined,
          getRouteMatchingOptions: undefined,
          search: undefined,
        }),
    });
    expect(observed.routes.filter(({ mounted }) => mounted).map(({ path }) => path)).toEqual(['/methods/search']);
    const below = ['', '/', '/below', '/be/low/', 'x', '%2Fx', '/%ff'].map((rest) => `/methods/search${rest}`);
    const requests = [...below, '/METHODS/Search/x', '/methods/searc', ...nastyTargets].flatMap((target) =>
      ['GET', 'SEARCH', 'DELETE'].map((method) => [method, target] as const),
    );
    expect(await disagreements(observed, requests)).toEqual([]);
  });
});
