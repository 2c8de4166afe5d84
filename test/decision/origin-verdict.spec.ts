import { describe, expect, it, jest } from '@jest/globals';
import { evaluateActual } from '../../lib/decision/actual-decision.js';
import { evaluatePreflight } from '../../lib/decision/preflight-decision.js';
import { whenAll } from '../../lib/support/maybe-promise.js';
import type { AskApplication } from '../../lib/decision/origin-verdict.js';
import type { LookupResult } from '../../lib/policy/origin-responder.js';
import { listOf, policy } from './policies.js';

const ORIGIN = 'https://a.example';
const OTHER = 'https://b.example';
const lookup = { isOriginAllowed: () => true };
const never: AskApplication = () => {
  throw new Error('asked');
};
const facts = { origin: ORIGIN, requestMethod: 'PUT', requestHeaders: undefined };

describe('origin verdict › reason', () => {
  const predicate = { kind: 'predicate', predicate: () => true } as const;
  it.each([
    ['any-origin', { origin: { kind: 'any' } }, ORIGIN, 'refused'],
    ['any-origin', { origin: { kind: 'any' } }, 'x', 'refused'],
    ['origin-listed', { origin: listOf(ORIGIN) }, ORIGIN, 'refused'],
    ['origin-not-listed', { origin: listOf(OTHER) }, ORIGIN, 'refused'],
    ['cors-disabled', {}, ORIGIN, 'refused'],
    ['origin-list-empty', { origin: { kind: 'none', isEmptyList: true } }, ORIGIN, 'refused'],
    ['lookup-refused', { origin: { kind: 'none', isEmptyList: true }, lookup }, ORIGIN, 'refused'],
    ['origin-null', { origin: { kind: 'none', isEmptyList: true } }, 'null', 'refused'],
    ['origin-null', {}, 'null', 'refused'],
    ['origin-null', { origin: predicate }, 'null', 'refused'],
    ['origin-malformed', { origin: predicate }, 'x', 'refused'],
    ['origin-function', { origin: predicate }, ORIGIN, 'allowed'],
    ['origin-function-refused', { origin: predicate }, ORIGIN, 'refused'],
    ['origin-lookup', { lookup }, ORIGIN, 'allowed'],
    ['lookup-refused', { lookup }, ORIGIN, 'refused'],
    ['lookup-failed', { lookup }, ORIGIN, 'failed'],
    ['lookup-timed-out', { lookup }, ORIGIN, 'timed-out'],
    ['lookup-not-boolean', { lookup }, ORIGIN, 'not-boolean'],
    ['tenant-failed', { lookup }, ORIGIN, 'tenant-failed'],
    ['lookup-failed', { origin: predicate }, ORIGIN, 'failed'],
  ] as const)('policy and origin: is %s for %j', async (reason, fields, origin, answer) => {
    expect(evaluateActual(policy(fields), 'GET', origin, () => answer)).toMatchObject({ reason });
    expect(await evaluateActual(policy(fields), 'GET', origin, () => Promise.resolve(answer))).toMatchObject({
      reason,
    });
  });
});

describe('origin verdict › application code', () => {
  it('synchronous result: returns no promise', () => {
    expect(evaluateActual(policy({ origin: listOf(ORIGIN), lookup }), 'GET', ORIGIN, never)).toMatchObject({
      refused: false,
    });
    expect(evaluateActual(policy({ origin: { kind: 'any' } }), 'GET', ORIGIN, never)).toMatchObject({
      allowOrigin: '*',
    });
    expect(evaluateActual(policy({ lookup }), 'GET', undefined, never)).toMatchObject({ reason: 'no-origin' });
    expect(evaluateActual(policy({ lookup }), 'GET', OTHER, () => 'allowed')).toMatchObject({ refused: false });
    expect(evaluatePreflight(policy({ lookup }), facts, () => 'allowed')).toMatchObject({ kind: 'granted' });
  });

  it('asynchronous result: returns a promise of the decision', async () => {
    const slow: AskApplication = () => Promise.resolve('allowed' as const);
    await expect(evaluateActual(policy({ lookup }), 'GET', ORIGIN, slow)).resolves.toMatchObject({ refused: false });
    await expect(evaluatePreflight(policy({ lookup }), facts, slow)).resolves.toMatchObject({ kind: 'granted' });
  });

  it('value that is no serialized origin: calls no lookup and no function', () => {
    const predicate = policy({ origin: { kind: 'predicate', predicate: () => true }, lookup });
    for (const origin of ['null', '', 'https://A.example', `${ORIGIN},${OTHER}`, 'x'.repeat(65536)]) {
      expect(evaluateActual(policy({ lookup }), 'GET', origin, never)).toMatchObject({ refused: true });
      expect(evaluateActual(predicate, 'GET', origin, never)).toMatchObject({ refused: true });
    }
  });

  it('origin function beside a lookup: calls the lookup only where the function refuses', async () => {
    const both = policy({ origin: { kind: 'predicate', predicate: () => true }, lookup });
    for (const settle of [(answer: LookupResult) => answer, (answer: LookupResult) => Promise.resolve(answer)]) {
      const asked = jest.fn<AskApplication>((field) => settle(field === 'lookup' ? 'allowed' : 'refused'));
      expect(await evaluateActual(both, 'GET', ORIGIN, asked)).toMatchObject({ refused: false });
      expect(asked).toHaveBeenCalledTimes(2);
      const yes = jest.fn<AskApplication>(() => settle('allowed'));
      expect(await evaluateActual(both, 'GET', ORIGIN, yes)).toMatchObject({ refused: false });
      expect(yes).toHaveBeenCalledTimes(1);
    }
  });

  it('several results: returns a promise only where one of them is asynchronous', async () => {
    expect(whenAll([1, 2], (all) => all)).toEqual([1, 2]);
    await expect(whenAll([1, Promise.resolve(2)], (all) => all)).resolves.toEqual([1, 2]);
  });
});
