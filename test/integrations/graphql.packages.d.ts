/** What is used of a package that brings no types. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events';

  export class WebSocket extends EventEmitter {
    constructor(address: string, protocol: string, options: { readonly origin: string });
    send(data: string): void;
    close(): void;
  }
}
