import {
  All,
  Controller,
  type ControllerOptions,
  Delete,
  Get,
  Head,
  Options,
  Patch,
  Post,
  Put,
  type Type,
} from '@nestjs/common';

/** Nest's decorators of routes. */
export const VERBS = { All, Delete, Get, Head, Options, Patch, Post, Put };

/** A handler to come: the decorator that routes it, its path, and what else it is decorated with. */
export type HandlerSketch = readonly [verb: keyof typeof VERBS, path: string, ...decorators: MethodDecorator[]];

/** A controller that is made of data, so that a table can hold it. Its handlers answer with their verb and path. */
export function controllerOf(
  at: string | ControllerOptions,
  handlers: readonly HandlerSketch[],
  ...decorators: ClassDecorator[]
): Type {
  class Sketched {}
  for (const [index, [verb, path, ...others]] of handlers.entries()) {
    const name = `handler${index}`;
    const value = (): string => `${verb} ${path}`;
    Object.defineProperty(Sketched.prototype, name, { value, writable: true, configurable: true });
    const descriptor = Object.getOwnPropertyDescriptor(Sketched.prototype, name) as PropertyDescriptor;
    for (const decorate of [...others, VERBS[verb](path)].reverse()) {
      decorate(Sketched.prototype, name, descriptor);
    }
    Object.defineProperty(Sketched.prototype, name, descriptor);
  }
  decorators.forEach((decorate) => decorate(Sketched));
  Controller(at as ControllerOptions)(Sketched);
  return Sketched;
}
