import { describe, expect, it } from '@jest/globals';
import { combineActual, decideActual } from '../../lib/decision/actual-decision.js';
import { listOf, policy } from './policies.js';

const ORIGIN = 'https://a.example';

describe('actual decision', () => {
  it('allowed origin: allows that origin', () => {
    expect(decideActual(policy({ origin: listOf(ORIGIN) }), 'GET', ORIGIN, 'origin-listed')).toMatchObject({
      kind: 'actual',
      refused: false,
      reason: 'origin-listed',
      allowOrigin: ORIGIN,
    });
  });

  it('refused, malformed or missing origin: allows no origin', () => {
    const listed = policy({ origin: listOf(ORIGIN) });
    expect(decideActual(listed, 'GET', 'https://b.example', 'origin-not-listed')).toMatchObject({
      kind: 'actual',
      refused: true,
      reason: 'origin-not-listed',
      allowOrigin: undefined,
    });
    expect(decideActual(listed, 'GET', 'b.example', 'origin-malformed')).toMatchObject({
      refused: true,
      reason: 'origin-malformed',
    });
    expect(decideActual(listed, 'GET', undefined, 'no-origin')).toMatchObject({
      kind: 'actual',
      refused: false,
      reason: 'no-origin',
    });
  });

  it("policy of any origin: allows '*', whatever the Origin header", () => {
    const open = policy({ origin: { kind: 'any' } });
    expect(decideActual(open, 'GET', undefined, 'no-origin').allowOrigin).toBe('*');
    expect(decideActual(open, 'GET', ORIGIN, 'origin-listed').allowOrigin).toBe('*');
    expect(decideActual(open, 'GET', 'garbage', 'origin-malformed').allowOrigin).toBe('*');
  });

  it('method that the policy leaves out: allows no origin', () => {
    const listed = policy({ origin: listOf(ORIGIN), methods: new Set(['GET']) });
    expect(decideActual(listed, 'POST', ORIGIN, 'origin-listed')).toMatchObject({
      kind: 'actual',
      refused: true,
      reason: 'method-not-allowed',
      allowOrigin: undefined,
    });
    expect(decideActual(listed, 'HEAD', ORIGIN, 'origin-listed')).toMatchObject({
      refused: false,
      allowOrigin: ORIGIN,
    });
    const open = policy({ origin: { kind: 'any' }, methods: new Set(['GET']) });
    expect(decideActual(open, 'POST', ORIGIN, 'origin-listed').allowOrigin).toBeUndefined();
  });
});

describe('actual decision › two policies', () => {
  const listed = policy({ origin: listOf('https://a.example'), credentials: true });
  const open = policy({ origin: { kind: 'any' } });
  const granted = decideActual(listed, 'GET', 'https://a.example', 'origin-listed');
  const granting = decideActual(open, 'GET', 'https://a.example', 'any-origin');
  const refused = decideActual(listed, 'GET', 'https://b.example', 'origin-not-listed');
  const rejected = decideActual({ ...listed, rejectDisallowed: true }, 'GET', 'https://b.example', 'origin-not-listed');

  it('both allow: allows what both allow', () => {
    for (const both of [combineActual(granted, granting), combineActual(granting, granted)]) {
      expect(both).toMatchObject({ refused: false, allowOrigin: 'https://a.example', allowCredentials: false });
    }
    expect(combineActual(granting, granting)).toMatchObject({ allowOrigin: '*' });
  });

  it('one refuses: refuses, with the policy that answers 403 first', () => {
    expect(combineActual(granting, refused)).toMatchObject({
      refused: true,
      reason: 'origin-not-listed',
      allowOrigin: undefined,
    });
    expect(combineActual(refused, rejected).policy.rejectDisallowed).toBe(true);
  });
});
