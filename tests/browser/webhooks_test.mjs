// SPDX-License-Identifier: Apache-2.0
// Webhooks on the screen: the lines that it makes are put to work, the other side takes posts with a good
// signature, then refuses, and the screen says so.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, freePort, keepPicture, newPage, removeFolder, root, runProgram, Server, signIn, startBrowser, temporaryFolder, until, writeFile } from './support.mjs';

const folder = temporaryFolder();
const password = 'one long password 7';
const posts = [];
let status = 204;
let server;
let browser;
let page;
const config = join(folder, 'jinglue.toml');
const receiver = createServer((request, answer) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    posts.push({ headers: request.headers, body });
    answer.writeHead(status).end();
  });
});
const row = () => page.locator('[data-webhook=oa]');
const input = async () => `[[input]]\nname = "ais"\nkind = "udp"\nport = ${await freePort()}\n`;

before(async () => {
  await new Promise((done) => receiver.listen(0, '127.0.0.1', done));
  writeFile(config, await input());
  await runProgram(['user', 'add', 'anne', '--role', 'administrator', '--role', 'clerk', '--data', join(folder, 'data'), '--share', root], `${password}\n`);
  server = await Server.start(['--config', config], folder);
  browser = await startBrowser();
  page = await newPage(browser);
  await signIn(page, `${server.address}/system/webhooks?lang=zh&theme=day`, 'anne', password);
}, { timeout: 180_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
  receiver.close();
  receiver.closeAllConnections();
  removeFolder(folder);
});

test('without one the page says what it is for; the form names what is wrong and makes lines and a secret', async () => {
  await until('the empty state', async () => /没有变更推送/.test(await page.locator('.page .body').innerText()));
  await page.getByTestId('new-webhook').click();
  await page.locator('[name=hook-name]').fill('OA 系统');
  await page.locator('[name=hook-url]').fill('http://oa.example/jinglue');
  await page.keyboard.press('Enter');
  const faults = page.locator('dialog .problem');
  await until('three faults', async () => (await faults.count()) === 3);
  assert.match(await faults.nth(1).innerText(), /https/);
  assert.equal(await page.evaluate(() => document.activeElement.name), 'hook-name');
  await keepPicture(page, 'webhooks_form');
  await page.locator('[name=hook-name]').fill('oa');
  await page.locator('[name=hook-url]').fill(`http://127.0.0.1:${receiver.address().port}/take`);
  await page.locator('[name=hook-account]').selectOption('anne');
  await page.locator('[data-hook-register=organisation_unit]').click();
  await page.getByTestId('make-webhook').click();
  const lines = await page.getByTestId('webhook-lines').innerText();
  const secret = await page.getByTestId('webhook-secret').innerText();
  assert.match(secret, /^[0-9a-f]{64}$/);
  assert.match(lines, /registers = \["organisation_unit"\]/);
  await keepPicture(page, 'webhooks_made');
  await server.stop();
  mkdirSync(join(folder, 'data/secrets'), { recursive: true });
  writeFile(join(folder, 'data/secrets/oa.secret'), `${secret}\n`);
  writeFile(config, `${await input()}${lines}`);
  server = await Server.start(['--config', config], folder);
  await page.goto(`${server.address}/system/webhooks`);
  if (await page.locator('input[name=password]').count()) await signIn(page, `${server.address}/system/webhooks`, 'anne', password);
  await row().waitFor();
  assert.match(await row().innerText(), /正常[\s\S]*机构台账[\s\S]*尚未推送/);
  // What the lines say is what the receiver gets, signed with the secret that was shown.
  const made = await call(page, 'POST', '/registers/organisation_unit/records', { fields: { name: '海洋监测中心', key: 'monitoring', kind: 'department' } });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  await until('the post', () => posts.length > 0);
  const { headers, body } = posts[0];
  assert.equal(headers['x-jinglue-signature'], `sha256=${createHmac('sha256', secret).update(`${headers['x-jinglue-time']}.${body}`).digest('hex')}`);
  assert.ok(body.includes(made.json.id));
  await until('the delivery on the screen', async () => /HTTP 204/.test(await row().innerText()));
});

test('a receiver that refuses stands in red with its answer', async () => {
  status = 503;
  const made = await call(page, 'POST', '/registers/organisation_unit/records', { fields: { name: '渔政支队', key: 'patrol', kind: 'department' } });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  await until('the failure', async () => /推送失败/.test(await row().innerText()));
  assert.match(await row().innerText(), /HTTP 503/);
  assert.match(await page.getByTestId('webhooks-summary').innerText(), /1 个推送失败/);
  await keepPicture(page, 'webhooks_failing');
  status = 204;
  await until('the recovery', async () => {
    await page.locator('.head .btn').first().click();
    return /正常/.test(await row().innerText());
  });
  assert.deepEqual(page.faults, []);
});
