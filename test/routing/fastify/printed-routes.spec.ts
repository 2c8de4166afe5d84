import { describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { printedRoutes } from '../../../lib/routing/fastify/printed-routes.js';

describe('Fastify printed routes', () => {
  it('tree: gives path, methods and whether there are constraints', () => {
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

  it.each([[''], ['(empty tree)\n']])('%j: are empty', (text) => {
    expect(printedRoutes(text)).toEqual([]);
  });

  it.each([['GET /a'], ['    '.repeat(2) + ' a'], ['└── / (GET)\nGET /a']])(
    'unknown form: are undefined: %j',
    (text) => {
      expect(printedRoutes(text)).toBeUndefined();
    },
  );
});
