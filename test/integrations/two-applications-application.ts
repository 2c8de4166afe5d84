import diagnosticsChannel from 'node:diagnostics_channel';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { Subject } from 'rxjs';
import {
  CorsModule,
  CorsOriginCache,
  CorsPolicy,
  type OriginChange,
  type OriginList,
  type OriginLookup,
} from '../../lib/index.js';
import { type Platform, createApplication } from '../support/application.js';
import { answer } from './application-answers.js';

/** What a process holds on to. */
export interface Resources {
  /** What keeps the process alive, by kind. */
  readonly active: string[];
  /** Who follows the changes of lookups and lists. */
  readonly subscriptions: number;
  /** Listeners of the process itself, and subscribers of the decisions' channel. */
  readonly listeners: number;
}

interface Application {
  /** How many answers of its lookup the application keeps. */
  kept(): number;
  add(origin: string): void;
  close(): Promise<void>;
}

const applications = new Map<number, Application>();
let subscriptions = 0;

/** Changes that count who follows them. */
class CountedChanges extends Subject<OriginChange> {
  override subscribe(...observer: unknown[]) {
    subscriptions++;
    const subscription = super.subscribe(...(observer as []));
    subscription.add(() => subscriptions--);
    return subscription;
  }
}

/** One class for all the applications: its policy starts from what each of them says. */
@Controller('shared')
@CorsPolicy({ maxAge: 60 })
class SharedController {
  @Get()
  read() {
    return 'shared';
  }
}

async function start({ platform, allowed }: { platform: Platform; allowed: string }): Promise<number> {
  const origins = [{ origin: allowed }];
  const changes = new CountedChanges();
  const list: OriginList = { loadOrigins: async () => origins, changes };
  const lookup: OriginLookup = { isOriginAllowed: async (origin) => origin === allowed, changes };

  @Controller()
  class RootController {
    @Get('listed')
    listed() {
      return 'listed';
    }

    @Get('looked-up')
    @CorsPolicy({ originLookup: lookup })
    lookedUp() {
      return 'looked up';
    }

    @Get('in-a-list')
    @CorsPolicy({ originLookup: list })
    inList() {
      return 'in a list';
    }

    @Get('rejecting')
    @CorsPolicy({ rejectDisallowed: true, exposedHeaders: 'all' })
    rejecting() {
      return 'rejecting';
    }
  }

  const imports = [CorsModule.forRoot({ origin: allowed, lists: { refreshInterval: 60_000 } })];
  const app = await createApplication(platform, 'NestFactory', {
    cors: false,
    imports,
    controllers: [RootController, SharedController],
  });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  applications.set(port, {
    kept: () => app.get(CorsOriginCache).stats().lookups[0]?.origins ?? 0,
    add: (origin) => {
      origins.push({ origin });
      changes.next({ origin });
    },
    close: () => app.close(),
  });
  return port;
}

const of = (port: number) => applications.get(port) as Application;

answer({
  port: () => 0,
  start,
  close: async (port: number) => {
    await of(port).close();
    // Handles that are closed are gone in the next turn.
    await nextTurn();
    await nextTurn();
  },
  kept: (port: number) => of(port).kept(),
  add: async ({ port, origin }: { port: number; origin: string }) => {
    of(port).add(origin);
    await nextTurn();
  },
  resources: (): Resources => ({
    active: process.getActiveResourcesInfo().sort(),
    subscriptions,
    listeners:
      process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0) +
      Number(diagnosticsChannel.channel('nestjs-cors:decision').hasSubscribers),
  }),
});
