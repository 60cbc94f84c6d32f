// SPDX-License-Identifier: Apache-2.0
// Messages of a boat: what its BeiDou terminal said stands in its panel; nothing can be written to it
// before a card is approved; then a message leaves by the card's port and is shown as sent. A vessel of a
// monitoring system shows what it states, and System accounts for every line.
import assert from 'node:assert/strict';
import { createServer, createConnection } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, keepPicture, newPage, removeFolder, root, runProgram, Server, signIn, startBrowser, temporaryFolder, until, writeFile } from './support.mjs';

const folder = temporaryFolder();
const password = 'one long password 7';
const heard = [];
let server;
let browser;
let shore;
let vms;
let duty;
let anne;
let bo;
let cardPort;

const framed = (body, mark = '$') => {
  let sum = 0;
  for (let i = 0; i < body.length; ++i) sum ^= body.charCodeAt(i);
  return `${mark}${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}`;
};
/** A card of one message in 60 s that takes everything. */
const card = createServer((socket) => {
  socket.on('data', (bytes) => {
    for (const line of bytes.toString('latin1').split('\r\n').filter(Boolean)) {
      heard.push(line);
      if (line.startsWith('$CCICA')) socket.write(`${framed('BDICI,0500001,00000001,0500000,3,60,3,N,0')}\r\n`);
      if (line.startsWith('$CCTXA')) socket.write(`${framed('BDFKI,TXA,Y,0,0,0000')}\r\n`);
    }
  });
  socket.on('error', () => {});
});
const connected = (port) => new Promise((done, fail) => {
  const socket = createConnection(port, '127.0.0.1', () => done(socket));
  socket.on('error', fail);
});

before(async () => {
  const ports = [await freePort(), await freePort()];
  writeFile(join(folder, 'jinglue.toml'), `[[input]]\nname = "shore"\nkind = "tcp_server"\nport = ${ports[0]}\n[[input]]\nname = "vms"\nkind = "tcp_server"\nport = ${ports[1]}\nformat = "naf"\n`);
  const data = join(folder, 'data');
  for (const [name, role] of [['anne', 'administrator'], ['bo', 'administrator'], ['duty', 'duty_officer']]) {
    await runProgram(['user', 'add', name, '--role', role, '--data', data, '--share', root], `${password}\n`);
  }
  await new Promise((done) => card.listen(0, '127.0.0.1', done));
  cardPort = card.address().port;
  server = await Server.start(['--config', join(folder, 'jinglue.toml')], folder);
  [shore, vms] = [await connected(ports[0]), await connected(ports[1])];
  browser = await startBrowser();
  [duty, anne, bo] = [await newPage(browser), await newPage(browser), await newPage(browser)];
  await signIn(duty, server.address, 'duty', password);
  await signIn(anne, server.address, 'anne', password);
  await signIn(bo, server.address, 'bo', password);
}, { timeout: 180_000 });

after(async () => {
  const faults = duty?.faults ?? [];
  await browser?.close();
  await server?.stop();
  shore?.destroy();
  vms?.destroy();
  card.close();
  removeFolder(folder);
  assert.deepEqual(faults, []);
});

test('what a boat says by BeiDou stands in its panel', async () => {
  const clock = new Date().toISOString().slice(11, 19).replaceAll(':', '');
  shore.write(`${framed(`BDWAA,0,,0242286,${clock}.00,3715.00000,N,12233.00000,E,0,M`)}\r\n`);
  await duty.goto(`${server.address}/situation?sel=beidou:242286&lang=zh&theme=day`);
  const messages = duty.getByTestId('messages');
  await until('the empty state', async () => /未收到该船报文/.test(await messages.innerText()));
  shore.write(`${framed('BDTXR,1,0242286,2,,A4BBFAB2D5BDF8CBAEA3ACC7EBC7F3B7B5B8DB')}\r\n`);
  await until('the text', async () => /机舱进水，请求返港/.test(await messages.innerText()));
  assert.match(await messages.innerText(), /北斗短报文/);
});

test('nothing can be written before a card is approved', async () => {
  const messages = duty.getByTestId('messages');
  await messages.locator('textarea').fill('请立即返港');
  assert.match(await messages.innerText(), /10\/78 字节/);
  await duty.getByTestId('send-message').click();
  await until('the refusal', async () => /尚无已批准的北斗外发/.test(await messages.innerText()));
  await keepPicture(duty, 'message_refused');
});

test('one administrator proposes a card, another approves it, and a message is sent', async () => {
  await anne.goto(`${server.address}/system/outputs?lang=zh&theme=day`);
  await anne.getByTestId('propose-output').click();
  await anne.locator('select[name=kind]').selectOption('beidou_card');
  assert.equal(await anne.locator('select[name=format]').count(), 0, 'a card has no form and no filter');
  await anne.locator('input[name=recipient]').fill('本局北斗指挥机');
  await anne.locator('input[name=purpose]').fill('向船舶发送短报文');
  await anne.locator('input[name=output-name]').fill('card');
  await anne.locator('input[name=host]').fill('127.0.0.1');
  await anne.locator('input[name=port]').fill(String(cardPort));
  await keepPicture(anne, 'card_form');
  await anne.getByTestId('save-output').click();
  await anne.locator('tr[data-output=card]').waitFor();
  await bo.goto(`${server.address}/system/outputs?lang=zh&theme=day`);
  await bo.locator('tr[data-output=card] [data-act=approve]').click();
  const reason = bo.locator('dialog textarea, dialog input[name=reason]').first();
  await reason.fill('值班室申请');
  await bo.getByTestId('decide').click();
  await until('the card to be asked', () => heard.some((line) => line.startsWith('$CCICA')));

  await duty.getByTestId('send-message').click();
  await until('the message at the card', () => heard.includes(framed('CCTXA,0242286,1,2,A4C7EBC1A2BCB4B7B5B8DB')));
  const messages = duty.getByTestId('messages');
  await until('the outcome', async () => /已发送[\s\S]*请立即返港/.test(await messages.innerText()));
  await keepPicture(duty, 'message_sent');
  await bo.getByTestId('outputs-summary').waitFor();
  await bo.reload();
  await until('the count', async () => /本局北斗指挥机[\s\S]*只发值班人员写给船舶的短报文/.test(await bo.locator('tr[data-output=card]').innerText()));
});

test('a vessel of a monitoring system shows its name, side number, call sign and flag', async () => {
  const now = new Date().toISOString();
  vms.write(`//SR//TM/POS//RC/HLAB7//NA/SEO HAE 7//XR/SH 0707//FS/KOR//LT/37.3//LG/122.9//SP/42//DA/${now.slice(0, 10).replaceAll('-', '')}//TI/${now.slice(11, 16).replace(':', '')}//ER//\r\n`);
  await until('the vessel', async () => {
    const reply = await duty.request.get(`${server.address}/api/v1/vessels/naf:HLAB7`);
    return reply.ok();
  });
  await duty.goto(`${server.address}/situation?sel=naf:HLAB7&lang=zh&theme=day`);
  const panel = duty.getByTestId('vessel-panel');
  await until('what it states', async () => /SH 0707/.test(await panel.innerText()));
  assert.match(await panel.getByTestId('flag').innerText(), /KR · 船舶自报/);
  assert.match(await panel.innerText(), /SEO HAE 7[\s\S]*HLAB7/);
});

test('System accounts for every line', async () => {
  shore.write('hello\r\n!AIVDM,1,1,,A,damaged,0*00\r\n');
  await until('the counts', async () => {
    await anne.goto(`${server.address}/system?lang=zh&theme=day`);
    await anne.getByTestId('accounted').first().waitFor();
    return (await anne.getByTestId('accounted').count()) === 2;
  });
  assert.doesNotMatch(await anne.locator('.page .body').innerText(), /未归类/);
});
