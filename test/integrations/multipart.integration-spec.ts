import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import multipart from '@fastify/multipart';
import { Controller, type INestApplication, Post, Req, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { FileInterceptor as FileInterceptorOfFastify } from '@nestjs/platform-fastify/multipart';
import { once } from 'node:events';
import { connect } from 'node:net';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication, varyOf } from '../support/application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';
const LIMIT = 64 * 1024;
/** What the packages themselves say of uploads that are aborted or too large. */
const OF_PACKAGES = /^Error: (Request )?aborted$|^FastifyError \[FST_REQ_FILE_TOO_LARGE\]/;
const BOUNDARY = 'boundary-of-the-form';

/** What arrived, and what did not: the control that both packages do their job. */
const uploads: string[] = [];
let aborted = (): void => {};
let started = (): void => {};

@Controller('files')
class MulterController {
  @Post()
  @UseInterceptors(FileInterceptor('file', { limits: { fileSize: LIMIT } }))
  upload(@UploadedFile() file?: { originalname: string; size: number }) {
    uploads.push(file?.originalname ?? 'none');
    return { name: file?.originalname, size: file?.size };
  }
}

@Controller('files')
class FastifyController {
  @Post()
  @UseInterceptors(FileInterceptorOfFastify('file', { limits: { fileSize: LIMIT } }))
  upload(@UploadedFile() file?: { originalname?: string; filename?: string; size: number }) {
    uploads.push(file?.originalname ?? file?.filename ?? 'none');
    return { name: file?.originalname ?? file?.filename, size: file?.size };
  }

  /** As the plugin itself has it. */
  @Post('streams')
  async stream(@Req() request: { file(): Promise<{ filename: string; toBuffer(): Promise<Buffer> }> }) {
    const file = await request.file();
    return { name: file.filename, size: (await file.toBuffer()).length };
  }
}

function watchUploads(app: INestApplication): void {
  app.use((request: NodeJS.EventEmitter & { headers: Record<string, string> }, _: unknown, next: () => void) => {
    if (request.headers['x-watched'] !== undefined) {
      request.once('close', () => aborted());
      started();
    }
    next();
  });
}

const form = (name: string, content: string, field = 'file') =>
  [
    `--${BOUNDARY}`,
    `Content-Disposition: form-data; name="${field}"; filename="${name}"`,
    'Content-Type: text/plain',
    '',
    content,
    `--${BOUNDARY}--`,
    '',
  ].join('\r\n');

const type = { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` };

describe.each(PLATFORMS)('uploads on %s', (platform) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers: [platform === 'express' ? MulterController : FastifyController],
      cors: { origin: APP, credentials: true, exposedHeaders: ['x-upload'] },
      configure: (app) => {
        watchUploads(app);
        if (platform === 'fastify') {
          // On Fastify's instance: app.register() leaves it to the adapter to load the package.
          const fastify = app.getHttpAdapter().getInstance() as { register(plugin: unknown, options: object): unknown };
          fastify.register(multipart, { limits: { fileSize: LIMIT } });
        }
      },
    });
  });

  beforeEach(() => {
    uploads.length = 0;
  });

  afterAll(() => application.close());

  const upload = (origin: string, body: string, headers: Record<string, string> = type) =>
    application.from(origin, '/files', { method: 'POST', headers, body });
  const granted = {
    'access-control-allow-origin': APP,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'x-upload',
  };

  // An upload has a safelisted content type: it is preflighted where a script listens to its progress.
  it('preflight: reads no body', async () => {
    const response = await application.preflight(APP, 'POST', '/files');
    expect(response.status).toBe(204);
    expect(corsHeaders(response)).toMatchObject({ 'access-control-allow-methods': 'POST' });
    expect((await application.preflight(APP, 'POST', '/files', 'x-requested-with')).headers).toMatchObject({
      'access-control-allow-headers': 'x-requested-with',
    });
    expect((await application.preflight(STRANGER, 'POST', '/files')).status).toBe(403);
    const body = form('odd.txt', 'x'.repeat(2 * LIMIT));
    const odd = await application.from(APP, '/files', {
      method: 'OPTIONS',
      headers: { 'Access-Control-Request-Method': 'POST', 'Content-Length': String(body.length), ...type },
      body,
    });
    expect(odd.status).toBe(204);
    expect(uploads).toEqual([]);
  });

  it('any origin: arrive, and are answered with one set of headers', async () => {
    const response = await upload(APP, form('one.txt', 'content'));
    expect(response.status).toBe(201);
    expect(JSON.parse(response.body)).toEqual({ name: 'one.txt', size: 7 });
    expect(corsHeaders(response)).toEqual(granted);
    expect(varyOf(response)).toEqual(['origin']);
    const unreadable = await upload(STRANGER, form('two.txt', 'content'));
    expect(unreadable.status).toBe(201);
    expect(corsHeaders(unreadable)).toEqual({});
    expect(uploads).toEqual(['one.txt', 'two.txt']);
  });

  it.each([
    ['a file beyond the limit', form('big.txt', 'x'.repeat(LIMIT + 1)), type, 413],
    ['a field that nobody expects', form('a.txt', 'x', 'other'), type, 400],
    ['a form that breaks off', form('a.txt', 'x').slice(0, -20), type, 400],
    ['no boundary', form('a.txt', 'x'), { 'Content-Type': 'multipart/form-data' }, 400],
    ['a body that is no JSON', '{', { 'Content-Type': 'application/json' }, 400],
  ])('failure: is readable to an allowed origin: %s', async (_, body, headers, status) => {
    const response = await upload(APP, body, headers);
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toMatchObject({ statusCode: status });
    expect(corsHeaders(response)).toEqual(granted);
    expect(varyOf(response)).toEqual(['origin']);
    const refused = await upload(STRANGER, body, headers);
    expect(refused.status).toBe(status);
    expect(corsHeaders(refused)).toEqual({});
  });

  it.each([
    ['one.txt', 'content', platform === 'fastify' ? 201 : 404],
    ['big.txt', 'x'.repeat(LIMIT + 1), platform === 'fastify' ? 413 : 404],
  ])("Fastify's plugin without an interceptor: are answered in the same way: %s", async (name, content, status) => {
    const response = await application.from(APP, '/files/streams', {
      method: 'POST',
      headers: type,
      body: form(name, content),
    });
    expect(response.status).toBe(status);
    expect(corsHeaders(response)).toEqual(granted);
    expect(varyOf(response)).toEqual(['origin']);
  });

  it('may be aborted half-way: nothing arrives, and nothing breaks', async () => {
    const began = new Promise<void>((resolve) => (started = resolve));
    const closed = new Promise<void>((resolve) => (aborted = resolve));
    const socket = connect(application.port, '127.0.0.1');
    const body = form('half.txt', 'x'.repeat(LIMIT / 2));
    socket.write(
      `POST /files HTTP/1.1\r\nHost: x\r\nOrigin: ${APP}\r\nX-Watched: 1\r\nContent-Type: ${type['Content-Type']}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 1000)}`,
    );
    await began;
    socket.destroy();
    await Promise.all([closed, once(socket, 'close')]);
    expect((await upload(APP, form('next.txt', 'x'))).status).toBe(201);
    expect(uploads).toEqual(['next.txt']);
  });

  it('log: has refusals only', () => {
    expect(application.logger.errors.filter((line) => !OF_PACKAGES.test(line))).toEqual([]);
    expect(application.logger.warnings.filter((line) => !line.startsWith('Refused '))).toEqual([]);
  });
});
