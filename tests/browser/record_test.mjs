// SPDX-License-Identifier: Apache-2.0
// One record as people work with it: comments that come to the other screen by themselves, watching.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
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

test('the pages had no error of their own', () => {
  assert.deepEqual(page.faults, []);
  assert.deepEqual(other.faults, []);
});
