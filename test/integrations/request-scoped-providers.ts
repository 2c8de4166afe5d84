import {
  Controller,
  Get,
  Inject,
  Injectable,
  InternalServerErrorException,
  Put,
  Scope,
  UnauthorizedException,
} from '@nestjs/common';
import {
  APP_GUARD,
  APP_INTERCEPTOR,
  type ContextId,
  ContextIdFactory,
  type ContextIdStrategy,
  type HostComponentInfo,
  REQUEST,
} from '@nestjs/core';
import { CorsPolicy } from '../../lib/index.js';
import type { ApplicationSetup } from '../support/application.js';

export const APP = 'https://app.example.com';
export const PARTNER = 'https://partner.example';

export interface AnyRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** How often providers were made: the control that requests do have their own. */
export const made = { ofRequests: 0, ofTenants: 0, guards: 0 };

@Injectable({ scope: Scope.REQUEST })
export class Visit {
  readonly number = ++made.ofRequests;
  constructor(@Inject(REQUEST) readonly request: AnyRequest) {
    if (request.headers['x-broken'] !== undefined) {
      throw new InternalServerErrorException('no visit');
    }
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
export class TenantData {
  readonly number = ++made.ofTenants;
  constructor(@Inject(REQUEST) readonly context: { readonly tenant: string }) {}
}

@Controller('visits')
@CorsPolicy({ origin: PARTNER, exposedHeaders: ['x-visit'] })
class VisitsController {
  constructor(private readonly visit: Visit) {}

  @Get()
  read() {
    return `${this.visit.request.headers['x-name']} at ${this.visit.request.url}`;
  }

  @Put()
  @CorsPolicy({ rejectDisallowed: true, exposedHeaders: 'all' })
  replace() {
    return 'replaced';
  }
}

@Controller({ path: 'tenants', scope: Scope.REQUEST, durable: true })
class TenantsController {
  constructor(private readonly data: TenantData) {}

  @Get()
  read() {
    return `${this.data.context.tenant} ${this.data.number}`;
  }
}

/** A guard for each request: Nest then makes all of the route's enhancers anew, those of the library included. */
@Injectable({ scope: Scope.REQUEST })
class VisitGuard {
  constructor(@Inject(REQUEST) private readonly request: AnyRequest) {
    made.guards++;
  }
  canActivate() {
    if (this.request.headers['x-name'] === 'nobody') {
      throw new UnauthorizedException();
    }
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
class VisitInterceptor {
  intercept(_: unknown, next: { handle(): unknown }) {
    return next.handle();
  }
}

export const setup: ApplicationSetup = {
  controllers: [VisitsController, TenantsController],
  providers: [
    Visit,
    TenantData,
    { provide: APP_GUARD, useClass: VisitGuard, scope: Scope.REQUEST },
    { provide: APP_INTERCEPTOR, useClass: VisitInterceptor, scope: Scope.REQUEST },
  ],
  cors: { origin: APP },
};

/** Requests of one tenant share what is durable, as the documentation of NestJS has it. */
export class TenantContext implements ContextIdStrategy<AnyRequest> {
  private readonly contexts = new Map<string, ContextId>();
  attach(contextId: ContextId, request: AnyRequest) {
    const tenant = request.headers['x-tenant'] ?? 'none';
    const shared = this.contexts.get(tenant) ?? ContextIdFactory.create();
    this.contexts.set(tenant, shared);
    return {
      resolve: (info: HostComponentInfo) => (info.isTreeDurable ? shared : contextId),
      payload: { tenant },
    };
  }
}
