import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Post,
  Put,
  RequestMethod,
  UnauthorizedException,
  VERSION_NEUTRAL,
  Version,
} from '@nestjs/common';
import { CorsPolicy } from '../../lib/index.js';

export const ONE = 'https://one.example';
export const TWO = 'https://two.example';
export const HOOKS = 'https://hooks.example';

export const ran: string[] = [];

@Controller({ path: 'orders', version: '1' })
@CorsPolicy({ origin: ONE })
export class OrdersV1 {
  @Get()
  list() {
    return 'orders 1';
  }

  @Put()
  replace() {
    ran.push('replace 1');
    return 'replaced 1';
  }
}

@Controller({ path: 'orders', version: ['2', '3'] })
@CorsPolicy({ origin: TWO, rejectDisallowed: true })
export class OrdersV2 {
  @Get()
  list() {
    return 'orders 2';
  }

  @Put()
  replace() {
    ran.push('replace 2');
    return 'replaced 2';
  }

  @Put('neutral')
  @Version(VERSION_NEUTRAL)
  neutral() {
    return 'neutral';
  }
}

@Controller({ path: 'health', version: VERSION_NEUTRAL })
@CorsPolicy({ origin: '*' })
export class HealthController {
  @Get()
  read() {
    return 'healthy';
  }
}

@Controller({ path: 'hooks', version: VERSION_NEUTRAL })
@CorsPolicy({ origin: HOOKS })
export class HooksController {
  @Get()
  list() {
    return 'hooks';
  }

  @Post()
  receive() {
    return 'received';
  }
}

/** The application's own guard: it asks for a token. */
@Injectable()
export class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    if (headers['authorization'] !== 'Bearer valid') {
      throw new UnauthorizedException();
    }
    return true;
  }
}

export const token = { Authorization: 'Bearer valid' };

/** What `main.ts` says first: the prefix, and what it leaves out: a path, and one method of another. */
export function prefixed(app: INestApplication): void {
  app.setGlobalPrefix('api', { exclude: ['health', { path: 'hooks', method: RequestMethod.POST }] });
}
