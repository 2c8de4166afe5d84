import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpException,
  Injectable,
  type NestInterceptor,
  NotFoundException,
  Req,
  Res,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { type Observable, map } from 'rxjs';
import { CorsPolicy, DisableCors } from '../../lib/index.js';

/** What the replies of the two adapters have in common. */
interface Reply {
  readonly raw?: ServerResponse;
  header(name: string, value: string | string[]): Reply;
  status(code: number): Reply;
}

const raw = (reply: Reply): ServerResponse => reply.raw ?? (reply as unknown as ServerResponse);

/** Long enough to be worth compressing. */
const goods = { goods: Array.from({ length: 40 }, (_, index) => `anvil ${index}`) };
const validator = `"${createHash('sha256').update(JSON.stringify(goods)).digest('hex')}"`;

/** Compresses as a middleware would that knows nothing of other people's `Vary`. */
@Injectable()
class Compression implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<IncomingMessage>();
    const reply = context.switchToHttp().getResponse<Reply>();
    return next.handle().pipe(
      map((body) => {
        const compressed = String(request.headers['accept-encoding']).includes('gzip');
        const bytes = Buffer.from(JSON.stringify(body));
        reply.header('Vary', 'Accept-Encoding');
        if (compressed) {
          reply.header('Content-Encoding', 'gzip');
        }
        return new StreamableFile(compressed ? gzipSync(bytes) : bytes, { type: 'application/json' });
      }),
    );
  }
}

/** Sets `Vary` when the handler is done. */
@Injectable()
class VaryByLanguage implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<Reply>();
    return next.handle().pipe(map((body) => reply.header('Vary', 'Accept-Language') && body));
  }
}

/** One route for every way in which an answer and its `Vary` come into being. */
@Controller('goods')
@CorsPolicy('list')
export class CachedController {
  @Get('list')
  list(): object {
    return goods;
  }
  @Get('pattern')
  @CorsPolicy('pattern')
  pattern(): object {
    return goods;
  }
  @Get('function')
  @CorsPolicy('function')
  byFunction(): object {
    return goods;
  }
  @Get('lookup')
  @CorsPolicy('lookup')
  lookup(): object {
    return goods;
  }
  @Get('credentials')
  @CorsPolicy({ credentials: true, exposedHeaders: 'all' })
  credentials(): object {
    return goods;
  }
  @Get('opaque')
  @CorsPolicy('opaque')
  opaque(): object {
    return goods;
  }
  @Get('rejecting')
  @CorsPolicy({ rejectDisallowed: true })
  rejecting(): object {
    return goods;
  }
  @Get('public')
  @CorsPolicy('public')
  public(): object {
    return goods;
  }
  @Get('disabled')
  @DisableCors()
  disabled(): object {
    return goods;
  }

  @Get('vary/header')
  @Header('Vary', 'Accept')
  varyByDecorator(): object {
    return goods;
  }
  @Get('vary/reply')
  varyByReply(@Res({ passthrough: true }) reply: Reply): object {
    reply.header('Vary', 'Accept-Language, Accept');
    return goods;
  }
  @Get('vary/raw')
  varyByRaw(@Res({ passthrough: true }) reply: Reply): object {
    raw(reply).setHeader('Vary', 'Accept-Language');
    return goods;
  }
  @Get('vary/appended')
  varyByAppending(@Res({ passthrough: true }) reply: Reply): object {
    raw(reply).appendHeader('Vary', 'Accept-Language');
    return goods;
  }
  @Get('vary/lines')
  varyInLines(@Res({ passthrough: true }) reply: Reply): object {
    reply.header('Vary', ['Origin', 'Accept-Language']);
    return goods;
  }
  @Get('vary/tab')
  varyBehindATab(@Res({ passthrough: true }) reply: Reply): object {
    reply.header('Vary', 'Accept-Language,\tOrigin');
    return goods;
  }
  @Get('vary/any')
  @Header('Vary', '*')
  varyByAnything(): object {
    return goods;
  }
  @Get('vary/any-and-more')
  @Header('Vary', 'Accept, *')
  varyByAnythingAndMore(): object {
    return goods;
  }
  @Get('vary/long')
  @Header('Vary', Array.from({ length: 12 }, (_, index) => `X-Long-Name-${index}`).join(', '))
  varyByMuch(): object {
    return goods;
  }
  @Get('vary/interceptor')
  @UseInterceptors(VaryByLanguage)
  varyByInterceptor(): object {
    return goods;
  }
  @Get('vary/compression')
  @UseInterceptors(Compression)
  varyByCompression(): object {
    return goods;
  }

  /** A validator on both adapters, and a 304 that the application answers itself. */
  @Get('validated')
  validated(@Req() request: IncomingMessage, @Res({ passthrough: true }) reply: Reply): object | undefined {
    reply.header('ETag', validator);
    if (request.headers['if-none-match'] === validator) {
      reply.status(304);
      return undefined;
    }
    return goods;
  }
  @Get('missing')
  missing(): object {
    throw new NotFoundException();
  }
  @Get('gone')
  gone(): object {
    throw new HttpException('Gone', 410, {});
  }
  @Get('crashing')
  crashing(): object {
    throw new Error('The handler crashed');
  }
}
