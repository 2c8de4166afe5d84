import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { fastify } from 'fastify';
import { memberOf } from '../../../lib/routing/fastify/internals.js';

describe('what Fastify keeps under a symbol', () => {
  it('instance, and one of a plugin that inherits from it: found', () => {
    const instance = fastify();
    const state = memberOf(instance, 'fastify.state');
    expect(state).toMatchObject({ started: false });
    expect(memberOf(Object.create(instance), 'fastify.state')).toBe(state);
  });

  it.each([undefined, null, {}, express()])('something else: not found (%#)', (instance) => {
    expect(memberOf(instance, 'fastify.state')).toBeUndefined();
  });
});
