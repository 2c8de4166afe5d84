import { describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { gatewaysOf } from '../../lib/routing/nest-gateways.js';

describe('the gateways of an application', () => {
  it('providers with the metadata of a gateway, inherited or not: are in the list once', async () => {
    @WebSocketGateway(81, { namespace: 'board' })
    class BoardGateway {}

    class SpecialGateway extends BoardGateway {}

    class BareGateway {}
    Reflect.defineMetadata('websockets:is_gateway', true, BareGateway);

    @WebSocketGateway()
    @Controller()
    class NotProvided {}

    @Module({ providers: [BoardGateway] })
    class FeatureModule {}

    @Module({
      imports: [FeatureModule],
      controllers: [NotProvided],
      providers: [
        BoardGateway,
        SpecialGateway,
        BareGateway,
        { provide: 'value', useValue: BoardGateway },
        { provide: 'factory', useFactory: () => new BoardGateway() },
      ],
    })
    class ApplicationModule {}

    const context = await NestFactory.createApplicationContext(ApplicationModule, { logger: false });
    const found = gatewaysOf(context.get(ModulesContainer));
    const byName = found.map(({ gateway, port, options }) => [gateway.name, port, options]);
    expect(byName.sort()).toEqual([
      ['BareGateway', 0, {}],
      ['BoardGateway', 81, { namespace: 'board' }],
      ['SpecialGateway', 81, { namespace: 'board' }],
    ]);
    await context.close();
  });
});
