import { type BeforeApplicationShutdown, Controller, Get, Injectable, Put } from '@nestjs/common';
import { CorsModule, CorsPolicy, type OriginList, type OriginLookup } from '../../lib/index.js';
import { type Platform, RecordingLogger, createApplication } from '../support/application.js';
import { answer } from './application-answers.js';

export interface ShutdownSettings {
  readonly platform: Platform;
  readonly lookupTimeout: number;
  /** Has the application end by itself when the process gets a signal. */
  readonly shutdownHooks?: boolean;
  readonly forceCloseConnections?: boolean;
  readonly return503OnClosing?: boolean;
}

const settings = JSON.parse(process.argv[2] ?? '') as ShutdownSettings;

/** What waits for something to happen, and is looked at whenever something has. */
class Events {
  private readonly waiting = new Set<() => void>();

  until(happened: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (happened()) {
          this.waiting.delete(look);
          resolve();
        }
      };
      this.waiting.add(look);
      look();
    });
  }

  tell(): void {
    this.waiting.forEach((look) => look());
  }
}

const events = new Events();
const questions: ((allowed: boolean) => void)[] = [];
let aborted = 0;
let draining = false;
let drained = false;

/** Answers when the test says so, if ever. */
const partners: OriginLookup = {
  isOriginAllowed: (_, { signal }) =>
    new Promise<boolean>((resolve) => {
      signal.addEventListener('abort', () => void aborted++);
      questions.push(resolve);
      events.tell();
    }),
};

const list: OriginList = { loadOrigins: async () => [{ origin: 'https://listed.example' }] };

@Controller()
class RootController {
  @Get()
  @CorsPolicy({ originLookup: partners })
  read() {
    return 'read';
  }

  @Put()
  @CorsPolicy({ originLookup: partners })
  replace() {
    return 'replaced';
  }

  @Get('listed')
  @CorsPolicy({ originLookup: list })
  listed() {
    return 'listed';
  }
}

/** Goes on serving while a load balancer finds out, as applications do. */
@Injectable()
class Draining implements BeforeApplicationShutdown {
  async beforeApplicationShutdown(): Promise<void> {
    draining = true;
    events.tell();
    await events.until(() => drained);
  }
}

const logger = new RecordingLogger();
const { platform, lookupTimeout, shutdownHooks, forceCloseConnections = false, return503OnClosing = false } = settings;
const app = await createApplication(
  platform,
  'NestFactory',
  {
    cors: false,
    imports: [CorsModule.forRoot({ origin: 'https://app.example.com', cache: false, lookupTimeout })],
    controllers: [RootController],
    providers: [Draining],
    options: { forceCloseConnections, return503OnClosing },
  },
  logger,
);
if (shutdownHooks) {
  app.enableShutdownHooks();
}
await app.listen(0, '127.0.0.1');
process.on('exit', () => {
  console.log(JSON.stringify({ aborted, errors: logger.errors }));
});

answer({
  port: () => (app.getHttpServer().address() as { port: number }).port,
  asked: (count: number) => events.until(() => questions.length >= count),
  allow: () => questions.forEach((resolve) => resolve(true)),
  /** Resolves when the application has begun to close, and goes on serving. */
  close: () => {
    void app.close().then(() => console.log('closed'));
    return events.until(() => draining);
  },
  draining: () => events.until(() => draining),
  drained: () => {
    drained = true;
    events.tell();
  },
});
// From here on the process ends when nothing of the application keeps it.
process.channel?.unref();
