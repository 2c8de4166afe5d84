import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export type Done = (error?: unknown) => void;
export type Ending = (response: ServerResponse, done: Done) => unknown;

/** Long enough for whatever is late here to have happened, in milliseconds. Nothing asserts how long it took. */
export const LATE = 15;

/** What a request hook, or a middleware, of the application does instead of calling back once. */
export const ENDINGS: Readonly<Record<string, Ending>> = {
  'ends, and never calls back': (response) => void response.writeHead(299).end('ended'),
  'ends, and calls back': (response, done) => {
    response.writeHead(299).end('ended');
    done();
  },
  'ends, and calls back later': (response, done) => {
    response.writeHead(299).end('ended');
    setTimeout(done, LATE);
  },
  'ends later, and calls back at once then': (response, done) => {
    setTimeout(() => {
      response.writeHead(299).end('ended');
      done();
    }, LATE);
  },
  'ends later, and calls back when that is out': (response, done) => {
    setTimeout(() => response.writeHead(299).end('ended', () => done()), LATE);
  },
  'ends later, and calls back with an error': (response, done) => {
    setTimeout(() => {
      response.writeHead(299).end('ended');
      done(new Error('late'));
    }, LATE);
  },
  'ends, calls back, and calls back with an error later': (response, done) => {
    response.writeHead(299).end('ended');
    done();
    setTimeout(() => done(new Error('late')), LATE);
  },
  'ends in pieces, and calls back in between': (response, done) => {
    response.writeHead(299);
    response.write('en');
    done();
    setTimeout(() => response.writableEnded || response.end('ded'), LATE);
  },
  'calls back twice, late': (_response, done) => {
    setTimeout(done, LATE);
    setTimeout(done, 2 * LATE);
  },
  'calls back, and with an error later': (_response, done) => {
    done();
    setTimeout(() => done(new Error('late')), LATE);
  },
  'calls back with an error, twice, late': (_response, done) => {
    setTimeout(() => done(new Error('late')), LATE);
    setTimeout(() => done(new Error('later')), 2 * LATE);
  },
  'destroys the connection, and calls back': (response, done) => {
    response.destroy();
    done();
  },
  'destroys the connection, and calls back later': (response, done) => {
    response.socket?.destroy();
    setTimeout(done, LATE);
  },
  'calls back when the connection is closed': (response, done) => {
    response.on('close', () => done());
    response.socket?.destroy();
  },
  'ends, and rejects': async (response) => {
    response.writeHead(299).end('ended');
    await pause(LATE);
    throw new Error('late');
  },
  'ends later, calls back, and rejects': async (response, done) => {
    await pause(LATE);
    response.writeHead(299).end('ended');
    done();
    throw new Error('late');
  },
};

/** Those that end the response in any case: the client has their answer. */
export const ENDED = Object.keys(ENDINGS).filter((name) => /^ends(?! in pieces)/.test(name));
