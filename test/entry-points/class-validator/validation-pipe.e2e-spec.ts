import { describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  Body,
  Controller,
  Post,
  ValidationPipe,
  type ValidationPipeOptions,
} from '@nestjs/common';
import { corsOriginProblems, IsCorsOrigin } from 'nestjs-cors/class-validator';
import { PLATFORMS, type Platform, startApplication } from '../../support/application.js';
import { closedAfterEach } from '../../support/closed-after-each.js';

class TenantOriginsDto {
  @IsCorsOrigin()
  login!: string;

  @IsCorsOrigin({ patterns: true }, { each: true })
  partners!: string[];
}

@Controller('origins')
class OriginsController {
  @Post()
  store(@Body() { login }: TenantOriginsDto) {
    return { stored: login };
  }
}

const GOOD = { login: 'https://login.example', partners: ['https://*.partner.example'] };
const BAD = { login: 'http://login.example', partners: ['https://partner.example', 'https://Partner.example/'] };

describe.each(PLATFORMS)('@IsCorsOrigin() behind the ValidationPipe on %s', (platform: Platform) => {
  const startForTest = closedAfterEach(startApplication);

  async function post(body: unknown, options?: ValidationPipeOptions) {
    const application = await startForTest(platform, 'NestFactory', {
      cors: false,
      controllers: [OriginsController],
      configure: (app) => app.useGlobalPipes(new ValidationPipe(options)),
    });
    const { status, body: text } = await application.send('/origins', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status, body: JSON.parse(text) as unknown };
  }

  it('origin that can be stored: reaches the handler', async () => {
    expect(await post(GOOD)).toEqual({ status: 201, body: { stored: GOOD.login } });
  });

  it('other value: is answered with 400, what is wrong and what to write instead', async () => {
    expect(await post(BAD)).toMatchObject({
      status: 400,
      body: {
        message: [
          '`login` must be an encrypted origin; got "http://login.example". Anyone on the network can speak in its name. Write "https://login.example".',
          '`partners[1]` must be an origin without a slash at the end; got "https://Partner.example/". Write "https://partner.example".',
        ],
      },
    });
  });

  it('exception factory: gets the codes for the clients of an API', async () => {
    const exceptionFactory: ValidationPipeOptions['exceptionFactory'] = (errors) =>
      new BadRequestException({ problems: corsOriginProblems(errors).map(({ code, path }) => ({ code, path })) });
    expect(await post(BAD, { exceptionFactory })).toEqual({
      status: 400,
      body: {
        problems: [
          { code: 'insecure-origin', path: 'login' },
          { code: 'malformed-origin', path: 'partners[1]' },
        ],
      },
    });
  });
});
