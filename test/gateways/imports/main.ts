import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CorsModule } from '../../../lib/index.js';
import { send } from '../../support/http-client.js';
import { portOf } from '../../support/listening.js';

@Module({ imports: [CorsModule.forRoot({ origin: ['https://app.example'] })] })
class WithoutGateways {}

/** Starts an application without gateways, sends it a request and an upgrade, and ends. */
const adapter = process.argv[2] === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create(WithoutGateways, adapter, { logger: false });
await app.listen(0, '127.0.0.1');
const headers = { Origin: 'https://app.example' };
await send(portOf(app), '/', { headers });
await send(portOf(app), '/', { headers: { ...headers, Connection: 'Upgrade', Upgrade: 'websocket' } });
process.stdout.write(`upgrade listeners: ${app.getHttpServer().listenerCount('upgrade')}\n`);
await app.close();
