import type { ModulesContainer } from '@nestjs/core';

/** The hooks that Nest calls while an application is initialized. */
const HOOKS = ['onModuleInit', 'onApplicationBootstrap'] as const;

type Hook = (...args: unknown[]) => unknown;

/** Receives each phase, to send it to the command's process. */
export type PhaseListener = (phase: string, timeout: number) => void;

/** The progress of an application's boot. The command prints it at its timeout. */
export class BootPhase {
  /** The exit code of the command, however the application closes. */
  exitCode = 0;
  private phase = 'the command line';
  private deadline = Infinity;
  private seconds = 0;
  /** Hooks that have been called and have not returned. */
  private readonly hooks = new Set<string>();

  constructor(private readonly listener: PhaseListener = () => {}) {}

  /** In seconds, for the whole command. */
  get timeout(): number {
    return this.seconds;
  }

  /** In milliseconds. */
  get remaining(): number {
    return Math.max(0, this.deadline - performance.now());
  }

  start(timeout: number): void {
    this.seconds = timeout;
    this.deadline = performance.now() + timeout * 1000;
  }

  enter(phase: string): void {
    this.phase = phase;
    this.tell();
  }

  /** The phase, or the hooks that have not returned. */
  describe(): string {
    return this.hooks.size === 0 ? this.phase : [...this.hooks].join(', ');
  }

  /** Watches when the hooks of every provider, controller and module are called and return. */
  watchHooks(modules: ModulesContainer): void {
    const watched = new Set<unknown>();
    for (const { providers, controllers, injectables } of modules.values()) {
      for (const { instance } of [...providers.values(), ...controllers.values(), ...injectables.values()]) {
        const isWatchable = typeof instance === 'object' && instance !== null && Object.isExtensible(instance);
        if (isWatchable && !watched.has(instance)) {
          watched.add(instance);
          HOOKS.forEach((hook) => this.watch(instance as Record<string, unknown>, hook));
        }
      }
    }
  }

  private watch(instance: Record<string, unknown>, hook: (typeof HOOKS)[number]): void {
    try {
      const method = instance[hook];
      if (typeof method === 'function') {
        const name = `${hook}() of ${instance.constructor?.name || 'a provider'}`;
        const value = (...args: unknown[]) => this.during(name, () => (method as Hook).apply(instance, args));
        Object.defineProperty(instance, hook, { value, configurable: true, writable: true, enumerable: false });
      }
    } catch {
      // A proxy or an accessor may throw: this hook stays unnamed.
    }
  }

  private during(name: string, call: () => unknown): unknown {
    this.hooks.add(name);
    this.tell();
    const end = (): void => {
      this.hooks.delete(name);
      this.tell();
    };
    let result: unknown;
    try {
      result = call();
    } catch (error) {
      end();
      throw error;
    }
    if (!(result instanceof Promise)) {
      end();
      return result;
    }
    return result.finally(end);
  }

  private tell(): void {
    this.listener(this.describe(), this.seconds);
  }
}
