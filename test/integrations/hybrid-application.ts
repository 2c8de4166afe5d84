import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Put,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { MessagePattern, type MicroserviceOptions, Payload, RpcException, Transport } from '@nestjs/microservices';
import { CorsInspector, CorsModule, CorsOriginCache, CorsPolicy } from '../../lib/index.js';
import { type Platform, RecordingLogger, type RunningApplication, startApplication } from '../support/application.js';
import { answer } from './application-answers.js';

const cors = { origin: 'https://app.example.com' };

/** The kinds of requests that the application's own guard saw. */
const guarded: string[] = [];

@Injectable()
class CountingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    guarded.push(context.getType());
    return true;
  }
}

@Controller('sums')
@CorsPolicy({ rejectDisallowed: true, exposedHeaders: 'all' })
class SumsController {
  @Get()
  read() {
    return 'sums';
  }

  @Put()
  replace() {
    return 'replaced';
  }

  @MessagePattern('sum')
  sum(@Payload() numbers: number[]) {
    return numbers.reduce((sum, each) => sum + each, 0);
  }

  @MessagePattern('fail')
  fail() {
    throw new RpcException('no sum');
  }
}

/** Versions in the path: whether the guard has work is only known when `main.ts` has configured the application. */
@Controller({ path: 'versioned', version: '1' })
@CorsPolicy({ origin: 'https://one.example' })
class FirstVersion {
  @Get()
  read() {
    return 'first';
  }

  @MessagePattern('count')
  count(@Payload() numbers: number[]) {
    return numbers.length;
  }
}

@Controller({ path: 'versioned', version: '2' })
@CorsPolicy({ origin: 'https://two.example' })
class SecondVersion {
  @Get()
  read() {
    return 'second';
  }
}

/** What the application is made of: with work for the guard, or without. */
const CONTROLLERS = { guarded: [SumsController], versioned: [FirstVersion, SecondVersion] };

export interface HybridSettings {
  readonly platform: Platform;
  readonly inheritAppConfig: boolean;
  readonly rpcPort: number;
  readonly controllers: keyof typeof CONTROLLERS;
}

let running: Pick<RunningApplication, 'logger' | 'close'> | undefined;

/** An application that is HTTP and messages in one. */
async function hybrid({ platform, inheritAppConfig, rpcPort, controllers }: HybridSettings): Promise<number> {
  const application = await startApplication(platform, 'NestFactory', {
    cors,
    controllers: CONTROLLERS[controllers],
    providers: [{ provide: APP_GUARD, useClass: CountingGuard }],
    configure: (app) => {
      app.enableVersioning({ type: VersioningType.URI });
      const options = { host: '127.0.0.1', port: rpcPort };
      app.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig });
    },
  });
  await application.app.startAllMicroservices();
  running = application;
  return application.port;
}

/** Messages alone. */
async function microservice(port: number): Promise<void> {
  const logger = new RecordingLogger();
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    { module: class AppModule {}, imports: [CorsModule.forRoot(cors)], controllers: [SumsController] },
    { transport: Transport.TCP, options: { host: '127.0.0.1', port }, logger, abortOnError: false },
  );
  await app.listen();
  running = { logger, close: () => app.close() };
}

/** No requests at all: what scripts and workers start. */
async function applicationContext(): Promise<unknown> {
  const logger = new RecordingLogger();
  const app = await NestFactory.createApplicationContext(
    { module: class AppModule {}, imports: [CorsModule.forRoot({ ...cors })] },
    { logger, abortOnError: false },
  );
  running = { logger, close: () => app.close() };
  const failure = (act: () => unknown) => {
    try {
      act();
      return undefined;
    } catch (error) {
      return String(error);
    }
  };
  await app.get(CorsOriginCache).invalidate({ origin: 'https://app.example.com' });
  return {
    horizons: app.get(CorsInspector).revocationHorizons(),
    routes: failure(() => app.get(CorsInspector).routes()),
  };
}

answer({
  port: () => 0,
  hybrid,
  microservice,
  context: applicationContext,
  /** What the application's guard saw, and what was logged, since it was asked the last time. */
  report: () => ({ guarded: guarded.splice(0), warnings: running?.logger.warnings, errors: running?.logger.errors }),
  close: () => running?.close(),
});
