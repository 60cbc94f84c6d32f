// SPDX-License-Identifier: Apache-2.0
// One record as people work with it: comments that come to the other screen by themselves, watching,
// the printed page.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readPdf } from './pdf.mjs';
import { call, drillPassword, keepPicture, newPage, removeFolder, root, Server, signIn, startBrowser, temporaryFolder, until } from './support.mjs';

let server;
let browser;
let page;
let other;
const folder = temporaryFolder();

async function makeTask(title, more = {}) {
  const made = await call(page, 'POST', '/registers/task/records', { fields: { title, kind: 'task', importance: 'normal', unit: '海洋发展局', district: 'rongcheng', issued_on: '2024-04-01', due: '2024-05-20', ...more } });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  return made.json;
}
const talk = async (id) => (await call(page, 'GET', `/registers/task/records/${id}/comments`)).json;

before(async () => {
  server = await Server.start(['--drill', join(root, 'drills/weihai_moratorium.toml'), '--speed', '1'], folder);
  browser = await startBrowser();
  page = await newPage(browser);
  await signIn(page, server.address, 'leader', drillPassword('leader'));
  other = await newPage(browser);
  await signIn(other, server.address, 'duty', drillPassword('duty'));
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

test('comments: written with the keyboard, told to the other screen without a reload', async () => {
  const made = await makeTask('核实渔港值守');
  await page.goto(`${server.address}/registers/task/${made.id}`);
  await other.goto(`${server.address}/registers/task/${made.id}`);
  await page.locator('[data-part=comments]').click();
  assert.match(page.url(), /part=comments/);
  assert.match(await page.getByTestId('comments').innerText(), /还没有评论/);
  assert.match(await page.getByTestId('watchers').innerText(), /暂无人关注/);
  await keepPicture(page, 'record_comments_none');
  assert.equal(await page.getByTestId('send-comment').isDisabled(), true);
  await other.locator('[data-part=comments]').waitFor();
  await page.getByTestId('comment-text').fill('已电话核实，值守人员在岗。\n明日复查。');
  await page.getByTestId('comment-text').press('Control+Enter');
  await page.locator('[data-comment]').waitFor();
  assert.match(await page.locator('[data-comment]').innerText(), /在岗。\n明日复查。/);
  assert.equal(await page.getByTestId('comment-text').inputValue(), '');
  // Who comments watches from then on.
  await until('the writer among the watchers', async () => !/暂无人关注/.test(await page.getByTestId('watchers').innerText()));
  assert.equal(await page.getByTestId('watch').getAttribute('aria-pressed'), 'true');
  // The other has the fields before them: the tab says that something came.
  await other.locator('[data-part=comments] .new').waitFor();
  assert.match(await other.locator('[data-part=comments]').innerText(), /1 条新/);
  await other.locator('[data-part=comments]').click();
  await other.locator('[data-comment]').waitFor();
  await other.locator('[data-part=comments] .new').waitFor({ state: 'detached' });
  await other.getByTestId('comment-text').fill('收到');
  await other.getByTestId('send-comment').click();
  await until('the answer on the first screen', async () => (await page.locator('[data-comment]').count()) === 2);
  assert.deepEqual((await talk(made.id)).items.map((one) => one.person), ['leader', 'duty']);
  await keepPicture(page, 'record_comments');
});

test('a comment that is too long is not sent, one that failed is kept', async () => {
  const made = await makeTask('评论出错');
  await page.goto(`${server.address}/registers/task/${made.id}?part=comments`);
  const text = page.getByTestId('comment-text');
  await text.fill('字'.repeat(2003));
  assert.match(await page.getByTestId('comments').innerText(), /超出 3 字/);
  assert.equal(await page.getByTestId('send-comment').isDisabled(), true);
  await page.route('**/comments', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await text.fill('网络不好时写的');
  await page.getByTestId('send-comment').click();
  await page.getByTestId('comments').locator('[role=alert]').waitFor();
  assert.equal(await text.inputValue(), '网络不好时写的');
  await page.unroute('**/comments');
  // Closed and opened again it is still there.
  await page.getByRole('button', { name: '关闭', exact: true }).first().click();
  await page.getByTestId('record-panel').waitFor({ state: 'detached' });
  await page.locator(`[data-row="${made.id}"]`).click();
  await page.locator('[data-part=comments]').click();
  assert.equal(await text.inputValue(), '网络不好时写的');
  await page.getByTestId('send-comment').click();
  await page.locator('[data-comment]').waitFor();
  assert.equal((await talk(made.id)).items.length, 1);
});

test('watching is begun and ended; who watches is told of a comment, which opens where it stands', async () => {
  const made = await makeTask('关注事项');
  await other.goto(`${server.address}/registers/task/${made.id}?part=comments`);
  const watch = other.getByTestId('watch');
  await watch.click();
  await until('the state of the button', async () => (await watch.getAttribute('aria-pressed')) === 'true');
  await until('the watcher', async () => /关注人/.test(await other.getByTestId('watchers').innerText()));
  assert.deepEqual((await talk(made.id)).watchers, ['duty']);
  await other.goto(`${server.address}/registers/task`);
  await call(page, 'POST', `/registers/task/records/${made.id}/comments`, { text: '请今日反馈' });
  await other.getByTestId('inbox-count').waitFor();
  await other.locator('[aria-label^=消息]').click();
  await other.locator('[data-notice=comment]').first().click();
  await other.locator('[data-comment]').waitFor();
  assert.match(other.url(), new RegExp(`${made.id}.*part=comments`));
  await watch.click();
  await until('the end', async () => (await watch.getAttribute('aria-pressed')) === 'false');
  assert.deepEqual((await talk(made.id)).watchers, ['leader']);
});

test('a record is printed on A4: opened with a key, masked values stay masked, history when asked for', async () => {
  const made = await call(page, 'POST', '/registers/person/records', { fields: { name: '王打印', id_number: '110101199003078515', phone: '13812345678', district: 'rongcheng', office_phone: '0631-7654321“总机”<甲>' } });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  await page.goto(`${server.address}/registers/person/${made.json.id}`);
  await page.getByTestId('record-form').waitFor();
  await page.keyboard.press('p');
  const sheet = page.getByTestId('record-page');
  await sheet.waitFor();
  assert.match(page.url(), new RegExp(`person/${made.json.id}/print$`));
  assert.doesNotMatch(await sheet.innerText(), /110101199003078515|13812345678/);
  assert.match(await sheet.locator('[data-print=phone]').innerText(), /^138\*+5678$/);
  // Empty fields when asked for, and the history.
  assert.equal(await sheet.locator('[data-print=email]').count(), 0);
  await page.locator('[data-with=blank]').check();
  assert.equal(await sheet.locator('[data-print=email]').innerText(), '—');
  await page.locator('[data-with=blank]').uncheck();
  await page.locator('[data-with=history]').check();
  await until('the history', async () => /变更历史/.test(await sheet.innerText()));
  assert.match(page.url(), /history=1/);
  await keepPicture(page, 'record_print');
  const pages = readPdf(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  assert.ok(pages.length >= 1);
  for (const { width, height, text } of pages) {
    assert.ok(Math.abs(width - 595) < 2 && Math.abs(height - 842) < 2, `${width} x ${height}`);
    assert.match(text, /人员台账.*打印：演练带班领导/, text);
    assert.match(text.replaceAll('\n', ''), new RegExp(`\\d / ${pages.length}`));
    assert.match(text, /演练样例，不作凭证/);
  }
  const text = pages.map((one) => one.text).join('').replaceAll('\n', '');
  for (const part of ['王打印', '荣成', '0631-7654321“总机”<甲>', '您的角色不可见', '变更历史', '打印人：演练带班领导', '以下均为模拟数据']) assert.ok(text.includes(part), `${part} in ${text}`);
  assert.doesNotMatch(text, /110101199003078515|13812345678|返回记录|态势/);
  await page.keyboard.press('Escape');
  await page.getByTestId('record-panel').waitFor();
  assert.doesNotMatch(page.url(), /print/);
});

test('deadlines and comments on paper; a record that is not there is told', async () => {
  const made = await makeTask('打印任务', { target: '全年巡查不少于二十次；'.repeat(15) });
  await call(page, 'POST', `/registers/task/records/${made.id}/comments`, { text: '打印前已核对' });
  await page.goto(`${server.address}/registers/task/${made.id}/print?clocks=1&comments=1&history=1`);
  const sheet = page.getByTestId('record-page');
  await sheet.waitFor();
  const pages = readPdf(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  const text = pages.map((one) => one.text).join('').replaceAll('\n', '');
  for (const part of [made.number, '办理时限', '完成时限', '2024-05-20 24:00', '打印前已核对']) assert.ok(text.includes(part), part);
  await page.goto(`${server.address}/registers/task/00000000-0000-4000-8000-000000000000/print`);
  await page.locator('.screen [role=alert]').waitFor();
  assert.equal(await page.getByTestId('print-now').isDisabled(), true);
});

test('the pages had no error of their own', () => {
  assert.deepEqual(page.faults, []);
  assert.deepEqual(other.faults, []);
});
