import { Module } from '@nestjs/common';
import { OrdersService } from './orders.service.js';
import { PartnersController } from './partners.controller.js';
import { SessionsService } from './sessions.service.js';

@Module({ controllers: [PartnersController], providers: [OrdersService, SessionsService] })
export class PartnersModule {}
