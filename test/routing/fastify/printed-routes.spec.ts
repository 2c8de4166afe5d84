import { describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { printedRoutes } from '../../../lib/routing/fastify/printed-routes.js';

describe('Fastify printed routes', () => {
  it('are read with path, methods and whether they have constraints', () => {
    const app = fastify();
    const handler = () => '';
    app.route({ method: ['GET', 'PUT'], url: '/docs/:id', constraints: { host: 'docs.example' }, handler });
    app.put('/docs/:n(^\\d+$)', handler);
    app.post('/docs/special', handler);
    app.post('/:from-:to', handler);
    app.post('/a/*', handler);
    app.post('/r', { constraints: { host: /x/ } }, handler);
    app.post('/r', handler);
    const described = printedRoutes(app.printRoutes())!.map(
      ({ url, methods, isConstrained }) => `${methods.join()} ${url}${isConstrained ? ' constrained' : ''}`,
    );
    expect(described.sort()).toEqual(
      [
        ...['GET,PUT,HEAD /docs/:id constrained', 'PUT /docs/:n(^\\d+$)', 'POST /docs/special', 'POST /:from-:to'],
        ...['POST /a/*', 'POST /r constrained', 'POST /r'],
      ].sort(),
    );
  });

  it.each([[''], ['(empty tree)\n']])('are empty for %j', (text) => {
    expect(printedRoutes(text)).toEqual([]);
  });

  it.each([['GET /a'], ['    '.repeat(2) + ' a'], ['└── / (GET)\nGET /a']])(
    'are undefined in a form that is not known: %j',
    (text) => {
      expect(printedRoutes(text)).toBeUndefined();
    },
  );
});
