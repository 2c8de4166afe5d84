import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InstalledPackage } from './installed-package.js';

describe('the installed command', () => {
  let installed: InstalledPackage;

  beforeAll(() => {
    installed = new InstalledPackage();
  });

  afterAll(() => installed.remove());

  it.each([
    ['is refused by an application without it', [], 2, 'NESTJS_CORS_TEST_ORIGIN is not set.'],
    ['comes from --env-file', ['--env-file', 'first.env'], 0, 'https://first.example'],
    [
      'comes from the file of --configure, which is loaded before the module',
      ['--configure', 'configure-environment.mjs'],
      0,
      'https://configured.example',
    ],
  ])('reads the environment: a variable %s', async (_name, options, code, text) => {
    const { stdout, stderr, ...rest } = await installed.run('routes', '--module', 'environment.mjs', ...options);
    expect(rest.code).toBe(code);
    expect(stdout + stderr).toContain(text);
  });

  it.each(['express', 'fastify'])('CommonJS application, which uses the other build, on %s: boots', async (adapter) => {
    const { code, stdout, stderr } = await installed.run('routes', '--module', 'plain.cjs', '--adapter', adapter);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^GET +\/read +ReadController\.read +https:\/\/app\.example\.com +no +module defaults$/m);
  });

  it('strict audit of an application that goes on: exits with its findings, and its prints are not in the output', async () => {
    const { code, stdout, stderr } = await installed.run(
      'audit',
      '--json',
      '--strict',
      '--module',
      'restless.mjs#AppModule',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([{ code: 'broad-origin-with-credentials' }]);
    expect(stderr).toBe('booting with []\n');
  });

  it.each(['audit', 'routes'])(
    'application that writes to file descriptor 1: does not write into the output of %s --json',
    async (name) => {
      const { code, stdout, stderr } = await installed.run(name, '--json', '--module', 'writing.mjs#AppModule');
      expect([code, JSON.parse(stdout)]).toEqual([0, []]);
      for (const line of ['imported', 'log', 'write', 'descriptor', 'inherited', 'shell', 'detached', 'later']) {
        expect(stderr).toContain(`by ${line}\n`);
      }
    },
  );

  it.each([
    ['hanging.mjs#Importing', ['--timeout', '8'], 'onModuleInit() of Never'],
    ['hanging.mjs#Bootstrapping', ['--timeout', '8'], 'onApplicationBootstrap() of Late'],
    [
      'hanging.mjs#Creating',
      ['--timeout', '8'],
      'NestFactory.create(), which calls constructors and asynchronous factories',
    ],
    ['hanging.mjs#Spinning', ['--timeout', '8'], 'onModuleInit() of Spinner'],
    ['spinning-import.mjs', ['--timeout', '8.5'], 'the import of spinning-import.mjs'],
    ['shop.mjs#AppModule', ['--timeout', '8', '--configure', 'hanging.mjs#configure'], 'the function of --configure'],
  ])('%s at the timeout: says what it waits for, and exits with 2', async (module, options, waitsFor) => {
    const { code, stdout, stderr } = await installed.run('audit', '--json', '--module', module, ...options);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      `The command did not finish within ${options[1]} s (--timeout): it waits for ${waitsFor}. Make that end,`,
    );
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['failing-later.mjs#Rejecting', 'The command failed: The queue at amqp://***@queue.example is gone.\n'],
    ['failing-later.mjs#Watching', 'The command failed: The queue at amqp://***@queue.example is gone.\n'],
    ['failing-later.mjs#Throwing', 'The command failed: The queue at amqp://***@queue.example is gone.\n'],
    ['failing-later.mjs#Killed', "The application's process was ended by SIGKILL in onModuleInit() of Victim.\n"],
  ])('%s, which fails on its own: exits with 2, without credentials', async (module, message) => {
    for (const options of [[], ['--debug']]) {
      const { code, stdout, stderr } = await installed.run('audit', '--json', '--module', module, ...options);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain('secret');
    }
  });

  it('ended by a signal: leaves no process behind', async () => {
    const command = installed.start('audit', '--module', 'hanging.mjs#Announcing');
    const pid = Number(await command.firstLine);
    expect(() => process.kill(pid, 0)).not.toThrow();
    command.kill('SIGTERM');
    expect(await command.code).toBe(143);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it.each(['Deaf', 'Spinning'])('%s, which ignores the first signal: ends at the second one', async (module) => {
    const command = installed.start('audit', '--module', `quitting.mjs#${module}`);
    const pid = Number(await command.firstLine);
    command.kill('SIGTERM');
    setTimeout(() => command.kill('SIGINT'), 500);
    expect(await command.code).toBe(130);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('application that ignores the signal: ends at the first one', async () => {
    const command = installed.start('audit', '--timeout', '60', '--module', 'quitting.mjs#Deaf');
    const pid = Number(await command.firstLine);
    command.kill('SIGTERM');
    expect(await command.code).toBe(143);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it.each([
    ['Unnoticed0', 0],
    ['Unnoticed1', 1],
  ])('%s, which quits unnoticed by its own process: exits with 2', async (module, code) => {
    const { stdout, stderr, ...rest } = await installed.run('audit', '--strict', '--module', `quitting.mjs#${module}`);
    expect([rest.code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `The application's process ended with exit code ${code} in onModuleInit() of Quitter, before there was an answer.\n`,
    );
  });

  it.each(['Closing0', 'Closing3', 'Closing9'])(
    'strict audit of %s, which ends its process while it is closed: exits with its findings',
    async (module) => {
      const { code, stdout, stderr } = await installed.run(
        'audit',
        '--json',
        '--strict',
        '--module',
        `quitting.mjs#${module}`,
      );
      expect([code, stderr]).toEqual([1, '']);
      expect(JSON.parse(stdout)).toMatchObject([{ code: 'broad-origin-with-credentials' }]);
    },
  );

  it('application that writes to the descriptor of messages: is not read as a message', async () => {
    const { code, stdout, stderr } = await installed.run('audit', '--json', '--module', 'quitting.mjs#Talking');
    expect([code, JSON.parse(stdout), stderr]).toEqual([0, [], '']);
  });

  it('promise that is rejected together with the result: exits with 2', async () => {
    const { code, stdout, stderr } = await installed.run('audit', '--module', 'quitting.mjs#Careless');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('The command failed: The queue at amqp://***@queue.example is gone.\n');
  });

  it.each([
    ['shop.mjs#AppModul', /^shop\.mjs exports no AppModul\./],
    ['modules.mjs#Misconfigured', /^The CORS configuration has 2 problems:/],
    ['restless.mjs#QuittingModule', /^The application ended the process, .* before it had booted\.\n$/],
    ['restless.mjs#WaitingModule', /^The application ended the process, or waits for an event that never happens/],
    ['restless.mjs#CrashingModule', /^The command failed: The queue is gone\.\n/],
  ])('%s: prints a sentence, with exit code 2', async (module, message) => {
    const { code, stdout, stderr } = await installed.run('audit', '--module', module);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
