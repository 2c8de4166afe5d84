import { OutgoingMessage } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { RequestHook } from '../../lib/request/request-hook.js';
import { type Operations, OperationCounter } from './operations.js';

/** The work of the request hook for one request, and the headers that it wrote. */
export interface HookWork extends Operations {
  readonly headers: number;
}

/** Counts what the library's request hook does to each request, up to the moment that it lets the request go. */
export class ObservedHook {
  private readonly counter = new OperationCounter();
  private headers = 0;
  /** Requests that came to the hook. */
  requests = 0;

  constructor(app: INestApplication) {
    const adapter = app.getHttpAdapter() as unknown as {
      onRequestHook: RequestHook;
      setOnRequestHook(hook: RequestHook): void;
    };
    const observed = adapter.onRequestHook;
    // In the slot itself: a hook that is set on the adapter runs after the library's, and would see none of its work.
    const { setOnRequestHook } = Object.getPrototypeOf(adapter) as typeof adapter;
    setOnRequestHook.call(adapter, (request, response, done) => {
      const stop = this.start();
      const result = observed(request, response, (error) => {
        stop();
        done(error);
      });
      // A preflight has its answer by now, and the rest is for another turn of the event loop.
      stop();
      return result;
    });
  }

  /** What the hook did to the last request. */
  get work(): HookWork {
    return { ...this.counter.operations, headers: this.headers };
  }

  /** The expressions among it. */
  get expressions(): readonly string[] {
    return this.counter.expressions;
  }

  private start(): () => void {
    const { setHeader } = OutgoingMessage.prototype;
    this.headers = 0;
    this.requests++;
    const count = () => this.headers++;
    OutgoingMessage.prototype.setHeader = function counted(...args) {
      count();
      return setHeader.apply(this, args);
    };
    this.counter.start();
    return () => {
      this.counter.stop();
      OutgoingMessage.prototype.setHeader = setHeader;
    };
  }
}
