import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Res,
  UseGuards,
} from '@nestjs/common';
import { CorsPolicy } from 'nestjs-cors';
import { type Order, OrdersService } from './orders.service.js';
import { SessionGuard } from './session.guard.js';
import { SessionsService } from './sessions.service.js';

/** What Express's response and Fastify's reply have in common here. */
interface HeaderWriter {
  header(name: string, value: string): unknown;
}

@Controller('partners')
@CorsPolicy('partners')
export class PartnersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly sessions: SessionsService,
  ) {}

  @Get('catalogue')
  catalogue(): string[] {
    return ['anvil', 'bell', 'candle'];
  }

  @Get('orders/:id')
  order(@Param('id', ParseIntPipe) id: number): Order {
    return this.orders.find(id);
  }

  @Put('orders/:id')
  replaceOrder(@Param('id', ParseIntPipe) id: number, @Body('quantity') quantity: unknown): Order {
    if (typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < 1) {
      throw new BadRequestException('quantity is a whole number from 1');
    }
    return this.orders.replace(id, quantity);
  }

  /** The body parser answers 413 before this runs when the body is larger than 10 kB. */
  @Post('uploads')
  @HttpCode(200)
  upload(@Body() body: unknown): { received: number } {
    return { received: JSON.stringify(body ?? null).length };
  }

  /**
   * CORS keeps an answer from a script, not a request from the server: a page that may read nothing can still send this
   * one and have its cookie set. `rejectDisallowed` answers it with 403 instead. All else is the controller's policy.
   */
  @Post('session')
  @CorsPolicy({ rejectDisallowed: true })
  signIn(@Res({ passthrough: true }) response: HeaderWriter): { signedIn: boolean } {
    // Ports do not make a site: for SameSite, both pages and the API are the same http://localhost.
    response.header('Set-Cookie', `session=${this.sessions.open()}; Path=/partners; HttpOnly; SameSite=Lax`);
    return { signedIn: true };
  }

  @Get('account')
  @UseGuards(SessionGuard)
  account(@Headers('cookie') cookies: string): { account: string | undefined } {
    return { account: this.sessions.partner(cookies) };
  }
}
