import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

/** From the jest configuration: what the package.json of this run pins. */
declare const pinnedNestPackages: Record<string, string>;

const runtimePackages = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  '@nestjs/testing',
];

@Injectable()
class Greeting {
  readonly text = 'hello';
}

@Controller()
class GreetingController {
  constructor(private readonly greeting: Greeting) {}

  @Get()
  greet(): string {
    return this.greeting.text;
  }
}

@Module({ controllers: [GreetingController], providers: [Greeting] })
class GreetingModule {}

describe('the NestJS that the tests run on', () => {
  it.each(runtimePackages)('%s: has the pinned version', (name) => {
    const packageJson = new URL('package.json', import.meta.resolve(name));
    expect(JSON.parse(readFileSync(packageJson, 'utf8'))).toMatchObject({ name, version: pinnedNestPackages[name] });
  });

  it.each([
    ['Express', () => new ExpressAdapter()],
    ['Fastify', () => new FastifyAdapter()],
  ])('application on %s: injects by the types of constructor parameters, and answers', async (_, adapter) => {
    const testingModule = await Test.createTestingModule({ imports: [GreetingModule] }).compile();
    const app = testingModule.createNestApplication(adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    try {
      const response = await fetch(await app.getUrl());
      expect(await response.text()).toBe('hello');
    } finally {
      await app.close();
    }
  });
});
