import { closeSync, openSync } from 'node:fs';
import { type ClientHttp2Session, type IncomingHttpHeaders, type ServerHttp2Stream, connect } from 'node:http2';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Param, Res } from '@nestjs/common';
import { type RunningApplication, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const FILE = fileURLToPath(new URL('../../package.json', import.meta.url));

/** Calls of Node.js's own stream, in the forms that its documentation allows. */
const CALLS: Readonly<Record<string, (stream: ServerHttp2Stream) => void>> = {
  respond: (stream) => {
    stream.respond();
    stream.end('body');
  },
  'respond-undefined': (stream) => {
    stream.respond(undefined);
    stream.end('body');
  },
  'respond-end': (stream) => stream.respond(undefined, { endStream: true }),
  'respond-null': (stream) => answerIfThrown(stream, () => stream.respond(null as never)),
  'respond-string': (stream) => answerIfThrown(stream, () => stream.respond('text' as never)),
  file: (stream) => stream.respondWithFile(FILE),
  'file-undefined': (stream) => stream.respondWithFile(FILE, undefined, { statCheck: () => undefined }),
  descriptor: (stream) => {
    const descriptor = openSync(FILE, 'r');
    stream.respondWithFD(descriptor);
    stream.on('close', () => closeSync(descriptor));
  },
};

function answerIfThrown(stream: ServerHttp2Stream, call: () => void): void {
  try {
    call();
    stream.end('no error');
  } catch (error) {
    stream.respond({ ':status': 200, 'x-error': (error as { code: string }).code });
    stream.end('error');
  }
}

@Controller()
class StreamsController {
  @Get(':call')
  answer(@Param('call') call: string, @Res() reply: { hijack(): void; raw: { stream: ServerHttp2Stream } }) {
    reply.hijack();
    CALLS[call]?.(reply.raw.stream);
  }
}

describe('HTTP/2 streams that the application answers itself', () => {
  const applications: RunningApplication[] = [];
  const sessions: ClientHttp2Session[] = [];

  beforeAll(async () => {
    for (const cors of [false as const, { origin: APP }]) {
      const application = await startApplication('fastify', 'NestFactory', {
        controllers: [StreamsController],
        cors,
        adapterOptions: { http2: true },
      });
      applications.push(application);
      sessions.push(connect(`http://127.0.0.1:${application.port}`));
    }
  });

  afterAll(async () => {
    sessions.forEach((session) => session.destroy());
    await Promise.all(applications.map((application) => application.close()));
  });

  it.each(Object.keys(CALLS))('%s: sends what Node.js sends, and the headers of the policy', async (call) => {
    const [bare, governed] = await Promise.all(sessions.map((session) => get(session, `/${call}`)));
    expect(governed?.body).toBe(bare?.body);
    const { 'access-control-allow-origin': grant, vary, date: _date, ...others } = governed?.headers ?? {};
    const { date: _, ...expected } = bare?.headers ?? {};
    expect(others).toEqual(expected);
    expect([grant, vary]).toEqual([APP, 'Origin']);
  });
});

function get(session: ClientHttp2Session, path: string): Promise<{ headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const request = session.request({ ':path': path, origin: APP });
    let headers: IncomingHttpHeaders = {};
    let body = '';
    request.on('response', (given) => (headers = given));
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('error', reject);
    request.on('end', () => resolve({ headers, body }));
    request.end();
  });
}
