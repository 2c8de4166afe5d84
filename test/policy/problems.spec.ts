import { describe, expect, it } from '@jest/globals';
import { type DecoratedPlace, problemAt } from '../../lib/policy/problems.js';

const GRAMMAR = /^`[^`]+` must be [^;]+; got [^;]+\.$/;

describe('problem of the table', () => {
  it.each<DecoratedPlace>(['parameter', 'static', 'symbol', 'accessor', 'property'])(
    'decorator on a %s: says where it has to stand, and what to do',
    (place) => {
      const { code, message, hint } = problemAt('misplaced-decorator', 'Orders.list', '@DisableCors()', place);
      expect(code).toBe('misplaced-decorator');
      expect(message).toMatch(GRAMMAR);
      expect(message).toMatch(/^`Orders\.list` must be a controller or a handler method/);
      expect(hint).toMatch(/^(?:Move|Write|Give) .+\.$/);
    },
  );

  it('path of any length and content: bounded and escaped in the message, whole in `path`', () => {
    const path = `policies["${'a\u202e'.repeat(1000)}"]`;
    const problem = problemAt('method-case', path, 'put');
    expect(problem.path).toBe(path);
    expect(problem.message.length).toBeLessThan(1000);
    expect(problem.message).not.toContain('\u202e');
    expect(problem.message).toContain('\\u202e');
  });

  it('value with a secret: masked in the message', () => {
    const problem = problemAt('unknown-policy', 'Orders', 'postgres://user:hunter2@db.example/orders', []);
    expect(problem.message).not.toContain('hunter2');
  });

  it.each(['*', true] as const)(
    'exposed wildcard with credentials, written as %j: says what to write instead',
    (value) => {
      const { message, hint } = problemAt(
        'exposed-wildcard-with-credentials',
        'credentials',
        value,
        'exposedHeaders',
        'Orders',
      );
      expect(message).toMatch(
        /^`credentials` must be (?:'all' or a list where credentials are on|false where exposedHeaders is '\*'); got /,
      );
      expect(hint).toContain("exposedHeaders: 'all'");
    },
  );
});
