// SPDX-License-Identifier: Apache-2.0
// A long and wide list: frozen columns and the head stay while it is scrolled both ways, with the mouse
// and with keys; columns in another order; both are in the address and kept as a view.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, drillPassword, keepPicture, newPage, removeFolder, root, Server, signIn, startBrowser, temporaryFolder, until } from './support.mjs';

let server;
let browser;
let page;
const folder = temporaryFolder();

/** Where the cells of a column, the head and the list itself stand. */
const places = (key) =>
  page.evaluate((key) => {
    const list = document.querySelector('.split > .list');
    const head = [...list.querySelectorAll('th')];
    const at = head.findIndex((one) => one.dataset.column === key);
    const box = (one) => { const { left, top, right } = one.getBoundingClientRect(); return { left: Math.round(left), top: Math.round(top), right: Math.round(right) }; };
    // What lies on top at the place of a frozen cell is that cell.
    const row = [...list.querySelectorAll('tbody tr')].find((one) => one.getBoundingClientRect().top > list.getBoundingClientRect().top + 60);
    const cell = row.children[at];
    const middle = cell.getBoundingClientRect();
    const onTop = document.elementFromPoint(middle.left + 12, middle.top + middle.height / 2);
    return { list: box(list), head: box(head[at]), cell: box(cell), covered: !cell.contains(onTop), left: list.scrollLeft, most: list.scrollWidth - list.clientWidth };
  }, key);

before(async () => {
  server = await Server.start(['--drill', join(root, 'drills/weihai_moratorium.toml'), '--speed', '1'], folder);
  browser = await startBrowser();
  page = await newPage(browser, { viewport: { width: 900, height: 620 } });
  await signIn(page, `${server.address}/registers`, 'leader', drillPassword('leader'));
  for (let i = 0; i < 40; ++i) {
    const made = await call(page, 'POST', '/registers/task/records', { fields: { title: `休渔期渔港巡查与船舶在港核查第${i + 1}期`, kind: 'task', importance: 'normal', unit: '海洋发展局', district: 'rongcheng', issued_on: '2024-04-01', due: '2024-05-20' } });
    assert.equal(made.status, 201, JSON.stringify(made.json));
  }
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

test('without frozen columns nothing scrolls sideways; with them the first stay and the head stays', async () => {
  await page.goto(`${server.address}/registers/task`);
  await page.locator('tbody tr').nth(30).waitFor();
  assert.equal((await places('#')).most, 0);
  await page.getByLabel('选择列').click();
  await page.getByTestId('freeze').selectOption('2');
  await page.keyboard.press('Escape');
  assert.match(page.url(), /freeze=2/);
  await until('a list that is wider than its room', async () => (await places('#')).most > 100);
  const [number, title] = [await places('#'), await places('title')];
  await page.evaluate(() => document.querySelector('.split > .list').scrollTo(300, 400));
  await until('the scrolled list', async () => (await places('#')).left > 90);
  await keepPicture(page, 'registers_frozen');
  for (const [key, before] of [['#', number], ['title', title]]) {
    const now = await places(key);
    assert.equal(now.head.left, before.head.left, `${key}: the head moved`);
    assert.equal(now.head.top, now.list.top, `${key}: the head left the top`);
    assert.equal(now.cell.left, now.head.left, `${key}: the cells moved`);
    assert.equal(now.covered, false, `${key}: something lies over it`);
  }
  const state = await places('#state');
  assert.equal(state.head.top, state.list.top);
});

test('left and right go from column to column', async () => {
  await page.goto(`${server.address}/registers/task?freeze=2`);
  await page.locator('tbody tr').nth(30).waitFor();
  await until('the frozen columns', async () => (await places('#')).most > 100);
  const edge = (await places('title')).head.right;
  const third = await page.locator('th[data-column]').nth(2).getAttribute('data-column');
  const fourth = await page.locator('th[data-column]').nth(3).getAttribute('data-column');
  assert.equal((await places(third)).head.left, edge);
  await page.keyboard.press('ArrowRight');
  await until('the next column at the edge', async () => { const now = await places(fourth); return Math.abs(now.head.left - edge) <= 1 || now.left >= now.most - 1; });
  await page.keyboard.press('ArrowLeft');
  await until('the first one again', async () => (await places(third)).left === 0);
});

test('a column is moved with the keyboard; order and freezing are kept as a view', async () => {
  await page.goto(`${server.address}/registers/task?freeze=1`);
  await page.locator('tbody tr').nth(30).waitFor();
  const keys = () => page.locator('th[data-column]').evaluateAll((all) => all.map((one) => one.dataset.column));
  const before = await keys();
  await page.getByLabel('选择列').click();
  await page.locator('[data-move="#state"][data-by="-1"]').focus();
  await page.keyboard.press('Enter');
  await until('the focus with its column', () => page.evaluate(() => document.activeElement?.dataset.move === '#state'));
  await page.keyboard.press('Enter');
  await until('two steps', async () => (await keys()).indexOf('#state') === before.indexOf('#state') - 2);
  await page.keyboard.press('Escape');
  const moved = await keys();
  assert.match(decodeURIComponent(page.url()), /cols=.*#state/);
  await page.getByLabel('常用视图').click();
  await page.getByTestId('save-view').click();
  await page.locator('#view-name').fill('宽表');
  await page.locator('dialog[open] footer .btn.primary').click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.goto(`${server.address}/registers/task`);
  await page.locator('tbody tr').nth(30).waitFor();
  await page.getByLabel('常用视图').click();
  await page.locator('[data-saved=宽表]').click();
  await until('the kept order', async () => (await keys()).join() === moved.join());
  assert.match(page.url(), /freeze=1/);
  assert.deepEqual(page.faults, []);
});
