import { describe, expect, it } from '@jest/globals';
import { decideActual } from '../../lib/protocol/actual-response.js';
import { listOf, policy } from './policies.js';

const ORIGIN = 'https://a.example';

describe('an actual response', () => {
  it('names the origin that is allowed', () => {
    expect(decideActual(policy({ origin: listOf(ORIGIN) }), 'GET', ORIGIN, 'origin-listed')).toMatchObject({
      kind: 'actual',
      refused: false,
      reason: 'origin-listed',
      allowOrigin: ORIGIN,
    });
  });

  it('names nobody when the origin is refused, malformed, or not there', () => {
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

  it('says * to everyone, whatever they send', () => {
    const open = policy({ origin: { kind: 'any' } });
    expect(decideActual(open, 'GET', undefined, 'no-origin').allowOrigin).toBe('*');
    expect(decideActual(open, 'GET', ORIGIN, 'origin-listed').allowOrigin).toBe('*');
    expect(decideActual(open, 'GET', 'garbage', 'origin-malformed').allowOrigin).toBe('*');
  });

  it('stays unreadable for a method that the policy leaves out', () => {
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
