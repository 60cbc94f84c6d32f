// SPDX-License-Identifier: Apache-2.0
// What the browser tests share: the program on a free port in a temporary folder, one Chromium
// without a network of its own, signing in. Everything is ended by end(), also after a failure.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

export const root = resolve(import.meta.dirname, '../..');
const program = process.env.JINGLUE;

export function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until `test` gives something true; the failure says what was waited for. */
export async function until(what, test, timeoutMs = 30_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await test();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1000} s for: ${what}`);
    await pause(200);
  }
}

export function temporaryFolder() {
  return mkdtempSync(join(tmpdir(), 'jinglue-browser-'));
}

export class Server {
  /** Arguments of `jinglue serve`; port and data folder are chosen here. */
  static async start(args, folder = temporaryFolder(), port = 0) {
    const server = new Server();
    server.folder = folder;
    server.args = args;
    server.log = '';
    const all = ['serve', '--bind', `127.0.0.1:${port}`, '--data', join(folder, 'data'), '--share', root, '--web', join(root, 'web/dist'), ...args];
    server.child = spawn(program, all, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const take = (chunk) => (server.log += chunk);
    server.child.stdout.on('data', take);
    server.child.stderr.on('data', take);
    server.child.on('exit', (code) => (server.code = code ?? -1));
    await until('the address that the server prints', () => {
      if (server.code !== undefined) throw new Error(`the server ended with ${server.code}:\n${server.log}`);
      server.address = /http:\/\/127\.0\.0\.1:\d+/.exec(server.log)?.[0];
      return server.address;
    }, 60_000);
    server.port = Number(server.address.split(':').at(-1));
    return server;
  }

  async stop() {
    if (this.code !== undefined) return this.code;
    this.child.kill('SIGTERM');
    const hard = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await until('the end of the server', () => this.code !== undefined, 20_000);
    clearTimeout(hard);
    return this.code;
  }
}

/** Runs a subcommand to its end; `input` goes to its standard input. */
export function runProgram(args, input = '') {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', fail);
    child.on('exit', (code) => (code === 0 ? done(output) : fail(new Error(`${args.join(' ')}: ${code}\n${output}`))));
    child.stdin.end(input);
  });
}

export async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [
      '--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist',
      '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
}

/** A page of its own profile. Errors of the page are kept in `page.faults` and fail the test at its end. */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN', acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(`${error.message}\n${error.stack ?? ''}`));
  page.on('console', (message) => {
    // A request that the test makes fail on purpose is logged by the browser itself.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) page.faults.push(message.text());
  });
  return page;
}

export async function signIn(page, address, name, password) {
  await page.goto(address);
  await page.locator('input[name=name]').fill(name);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.getByTestId('shell').waitFor();
}

export const drillPassword = (name) => `drill-${name}-2024`;

/** Asks the API as the signed-in person does. */
export const call = (target, method, path, body) =>
  target.evaluate(
    async ([method, path, body]) => {
      const session = await (await fetch('/api/v1/session')).json();
      const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': session.csrf ?? session.csrf_token ?? '', 'Idempotency-Key': crypto.randomUUID() };
      const reply = await fetch(`/api/v1${path}`, { method, headers, body: body ? JSON.stringify(body) : undefined });
      const text = await reply.text();
      return { status: reply.status, json: text ? JSON.parse(text) : null };
    },
    [method, path, body],
  );

export function vessels(page) {
  return page.evaluate(() => window.__jinglue.vessels());
}

/** Keeps a picture of what the test saw where CI finds it. */
export async function keepPicture(page, name) {
  const folder = join(root, 'build/browser');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

export function writeFile(path, text) {
  writeFileSync(path, text);
}

export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
}
