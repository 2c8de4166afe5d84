import type { WebOrigins } from '../../../shared/tenants/web-origins.js';

/** What tells one instance of the service from the others, and what it has to know of the web pages. */
export class Instance {
  constructor(
    /** From 1. */
    readonly number: number,
    /** 0 lets the operating system choose. */
    readonly port: number,
    readonly web: WebOrigins,
    readonly fastify: boolean,
  ) {}
}
