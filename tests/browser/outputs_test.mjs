// SPDX-License-Identifier: Apache-2.0
// Outputs: nothing leaves at first; one administrator proposes, another approves, sentences arrive,
// the first one suspends. With the keyboard where people use it.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, keepPicture, newPage, removeFolder, root, runProgram, Server, signIn, startBrowser, temporaryFolder, until, writeFile } from './support.mjs';

const folder = temporaryFolder();
const password = 'one long password 7';
const received = [];
let server;
let browser;
let feed;
let inputPort;
let anne;
let bo;
const receiver = createSocket('udp4');

const line = '!AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,0*5C';
const rows = (page, name) => page.locator(`tr[data-output=${name}]`);

before(async () => {
  inputPort = await freePort();
  writeFile(join(folder, 'jinglue.toml'), `[[input]]\nname = "ais"\nkind = "udp"\nport = ${inputPort}\n[[input]]\nname = "ais-2"\nkind = "udp"\nport = ${await freePort()}\n`);
  for (const name of ['anne', 'bo']) {
    await runProgram(['user', 'add', name, '--role', 'administrator', '--data', join(folder, 'data'), '--share', root], `${password}\n`);
  }
  await new Promise((done) => receiver.bind(0, '127.0.0.1', done));
  receiver.on('message', (bytes) => received.push(bytes.toString()));
  server = await Server.start(['--config', join(folder, 'jinglue.toml')], folder);
  feed = createSocket('udp4');
  browser = await startBrowser();
  anne = await newPage(browser);
  bo = await newPage(browser);
  await signIn(anne, server.address, 'anne', password);
  await signIn(bo, server.address, 'bo', password);
}, { timeout: 180_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
  receiver.close();
  feed?.close();
  removeFolder(folder);
});

test('at first nothing leaves, and the page says so', async () => {
  await anne.goto(`${server.address}/system/outputs?lang=zh&theme=day`);
  await anne.getByTestId('outputs-summary').waitFor();
  assert.match(await anne.locator('.page .body').innerText(), /没有数据向外发送/);
  await keepPicture(anne, 'outputs_empty');
});

test('a proposal names what is wrong, and is a draft', async () => {
  await anne.getByTestId('propose-output').click();
  await anne.locator('input[name=recipient]').fill('省海洋渔业指挥中心');
  await anne.locator('input[name=purpose]').fill('海上联合执法');
  await anne.locator('input[name=output-name]').fill('province');
  await anne.locator('input[name=host]').fill('0.0.0.0');
  await anne.locator('input[name=port]').fill(String(receiver.address().port));
  await anne.keyboard.press('Enter');
  await until('the fault', async () => (await anne.locator('dialog .problem').count()) > 0);
  assert.match(await anne.locator('dialog .problem').innerText(), /不能是广播地址/);
  assert.equal(await anne.evaluate(() => document.activeElement.name), 'host');
  await anne.locator('input[name=types]').fill('1, 2, 3, 5, 18');
  await keepPicture(anne, 'outputs_form');
  await anne.locator('input[name=host]').fill('127.0.0.1');
  await anne.getByTestId('save-output').click();
  await rows(anne, 'province').waitFor();
  assert.match(await rows(anne, 'province').innerText(), /待批准/);
  assert.equal(await rows(anne, 'province').locator('[data-act=approve]').isDisabled(), true, 'not by who proposed it');
});

test('another administrator approves, and what comes in goes out', async () => {
  feed.send(`${line}\r\n`, inputPort, '127.0.0.1');
  await bo.goto(`${server.address}/system/outputs?lang=zh&theme=day`);
  await rows(bo, 'province').locator('[data-act=approve]').click();
  await bo.getByTestId('decide').click();
  await until('the reason to be asked for', async () => (await bo.locator('dialog .problem').count()) > 0);
  assert.equal(received.length, 0, 'a draft sends nothing');
  await bo.locator('dialog textarea').fill('鲁海渔函〔2026〕12号');
  await keepPicture(bo, 'outputs_approve');
  await bo.getByTestId('decide').click();
  await until('the connection', async () => /已连通/.test(await rows(bo, 'province').innerText()));
  const next = '!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C';
  feed.send(`${next}\r\n`, inputPort, '127.0.0.1');
  await until('the sentence', () => received.length > 0);
  assert.equal(received[0], `${next}\r\n`);
  await until('the count', async () => {
    await bo.locator('.head .btn').first().click();
    return (await rows(bo, 'province').locator('td').nth(4).innerText()).startsWith('1\n');
  });
  await keepPicture(bo, 'outputs_running');
});

test('a suspension needs a reason and holds at once', async () => {
  await anne.reload();
  await rows(anne, 'province').locator('[data-act=suspend]').click();
  await anne.locator('dialog textarea').fill('线路检修');
  await anne.getByTestId('decide').click();
  await until('the state', async () => /已暂停/.test(await rows(anne, 'province').innerText()));
  feed.send(`${line}\r\n`, inputPort, '127.0.0.1');
  await new Promise((done) => setTimeout(done, 500));
  assert.equal(received.length, 1);
  await anne.goto(`${server.address}/system/audit`);
  await until('the audit lines', async () => /暂停数据外发/.test(await anne.locator('.page .body').innerText()));
});

test('hidden senders are kept, in English and at night as well', async () => {
  await bo.goto(`${server.address}/system/outputs?lang=en&theme=night`);
  await bo.getByTestId('hidden-senders').click();
  await bo.locator('dialog textarea').fill('412000001 patrol\nabc');
  await bo.locator('dialog input.input').fill('patrol vessels');
  await bo.getByTestId('save-hidden').click();
  assert.match(await bo.locator('dialog .problem').innerText(), /not understood: abc/);
  await bo.locator('dialog textarea').fill('412000001 patrol');
  await keepPicture(bo, 'outputs_hidden');
  await bo.getByTestId('save-hidden').click();
  await until('the dialog to close', async () => (await bo.locator('dialog').count()) === 0);
  await keepPicture(bo, 'outputs_night');
  await bo.getByTestId('hidden-senders').click();
  await until('the list', async () => (await bo.locator('dialog textarea').inputValue()) === '412000001 patrol');
  await bo.keyboard.press('Escape');
  assert.deepEqual([...anne.faults, ...bo.faults], []);
});
