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

  it.each(['express', 'fastify'])(
    'boots a CommonJS application, whose library is the other build, on %s',
    async (adapter) => {
      const { code, stdout, stderr } = await installed.run('routes', '--module', 'plain.cjs', '--adapter', adapter);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^GET +\/read +ReadController\.read +https:\/\/app\.example\.com +no +module defaults$/m);
    },
  );

  it('exits with the findings of a strict audit, though the application goes on, and keeps its prints apart', async () => {
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
    'keeps what the application writes to file descriptor 1 out of %s --json',
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
  ])('says what %s waits for when its time is over, and exits with 2', async (module, options, waitsFor) => {
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
  ])('fails with 2 and without credentials where %s fails on its own', async (module, message) => {
    for (const options of [[], ['--debug']]) {
      const { code, stdout, stderr } = await installed.run('audit', '--json', '--module', module, ...options);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain('secret');
    }
  });

  it('leaves no process behind when it is ended', async () => {
    const command = installed.start('audit', '--module', 'hanging.mjs#Announcing');
    const pid = Number(await command.firstLine);
    expect(() => process.kill(pid, 0)).not.toThrow();
    command.kill('SIGTERM');
    expect(await command.code).toBe(143);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it.each(['Deaf', 'Spinning'])('ends at the second signal where %s does not end at the first', async (module) => {
    const command = installed.start('audit', '--module', `quitting.mjs#${module}`);
    const pid = Number(await command.firstLine);
    command.kill('SIGTERM');
    setTimeout(() => command.kill('SIGINT'), 500);
    expect(await command.code).toBe(130);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('ends at one signal where the application does not', async () => {
    const command = installed.start('audit', '--timeout', '60', '--module', 'quitting.mjs#Deaf');
    const pid = Number(await command.firstLine);
    command.kill('SIGTERM');
    expect(await command.code).toBe(143);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it.each([
    ['Unnoticed0', 0],
    ['Unnoticed1', 1],
  ])('fails with 2 where %s quits and nothing in its process notices that', async (module, code) => {
    const { stdout, stderr, ...rest } = await installed.run('audit', '--strict', '--module', `quitting.mjs#${module}`);
    expect([rest.code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `The application's process ended with exit code ${code} in onModuleInit() of Quitter, before there was an answer.\n`,
    );
  });

  it.each(['Closing0', 'Closing3', 'Closing9'])(
    'exits with the findings of a strict audit, however %s ends its process while it is closed',
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

  it('reads no message in what the application writes to the descriptor of messages', async () => {
    const { code, stdout, stderr } = await installed.run('audit', '--json', '--module', 'quitting.mjs#Talking');
    expect([code, JSON.parse(stdout), stderr]).toEqual([0, [], '']);
  });

  it('fails with 2 where a promise is rejected together with the answer', async () => {
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
  ])('exits with 2 and a sentence for %s', async (module, message) => {
    const { code, stdout, stderr } = await installed.run('audit', '--module', module);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
