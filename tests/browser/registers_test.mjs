// SPDX-License-Identifier: Apache-2.0
// Registers as people use them: a task made by keyboard alone, two people at one record, the board with
// a step that is refused, a calendar, a timeline, a view kept under a name, one step for many records,
// a file tried before it is read in, parcels on the map.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, drillPassword, keepPicture, newPage, removeFolder, root, Server, signIn, startBrowser, temporaryFolder, until } from './support.mjs';

let server;
let browser;
let page;
const folder = temporaryFolder();

async function makeTask(title, more = {}) {
  const made = await call(page, 'POST', '/registers/task/records', { fields: { title, kind: 'task', importance: 'normal', unit: '海洋发展局', district: 'rongcheng', issued_on: '2024-04-01', due: '2024-05-20', ...more } });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  return made.json;
}
const task = async (id) => (await call(page, 'GET', `/registers/task/records/${id}`)).json;
const open = (path) => page.goto(`${server.address}${path}`);
/** Goes on with Tab as a person does until the focus is there. */
async function tabTo(target, selector) {
  for (let i = 0; i < 150; ++i) {
    if (await target.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await target.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${selector}`);
}

before(async () => {
  server = await Server.start(['--drill', join(root, 'drills/weihai_moratorium.toml'), '--speed', '1'], folder);
  browser = await startBrowser();
  page = await newPage(browser);
  await signIn(page, server.address, 'leader', drillPassword('leader'));
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

test('a task is made with the keyboard alone', async () => {
  await page.keyboard.press('4');
  // One without records stands in the menu of all only.
  await page.getByLabel('全部台账').waitFor();
  await tabTo(page, '[aria-label=全部台账]');
  await page.keyboard.press('Enter');
  await tabTo(page, '[data-all=task]');
  await page.keyboard.press('Enter');
  await page.locator('[data-register=task][aria-current=page]').waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  await tabTo(page, '.page-head .btn.primary');
  await page.keyboard.press('Enter');
  await page.getByTestId('record-form').waitFor();
  await tabTo(page, '[data-field=title] input, [data-field=title] textarea');
  await page.keyboard.type('巡查育黎湾海域');
  await tabTo(page, '[data-field=kind] select');
  await page.keyboard.press('ArrowDown');
  await tabTo(page, '[data-field=importance] select');
  await page.keyboard.press('ArrowDown');
  await tabTo(page, '[data-field=due] input');
  await page.keyboard.type('2024-05-15');
  await page.keyboard.press('Control+s');
  await page.getByTestId('record-state').waitFor();
  assert.match(await page.getByTestId('record-panel').locator('h1').innerText(), /巡查育黎湾海域/);
  assert.match(page.url(), /registers\/task\/[0-9a-f-]{36}/);
});

test('two people at one record: other fields are joined, the same field is asked', async () => {
  const made = await makeTask('两人同改');
  const path = `/registers/task/${made.id}`;
  const other = await newPage(browser);
  await signIn(other, server.address, 'leader', drillPassword('leader'));
  await other.goto(`${server.address}${path}`);
  await open(path);
  const field = (target, key) => target.locator(`[data-field=${key}] input, [data-field=${key}] textarea`).first();
  await field(page, 'contact').waitFor();
  await field(other, 'contact').waitFor();
  await field(page, 'target').fill('完成三次');
  await field(other, 'contact').fill('王某');
  await other.getByTestId('save').click();
  await until('the save of the other', async () => (await task(made.id)).fields.contact === '王某');
  await page.getByTestId('save').click();
  await until('both fields', async () => {
    const { fields } = await task(made.id);
    return fields.contact === '王某' && fields.target === '完成三次';
  });
  await until('what the other wrote', async () => (await field(page, 'contact').inputValue()) === '王某');
  await until('what this one wrote', async () => (await field(other, 'target').inputValue()) === '完成三次');
  await field(page, 'contact').fill('李某');
  await field(other, 'contact').fill('赵某');
  await other.getByTestId('save').click();
  await until('the second save of the other', async () => (await task(made.id)).fields.contact === '赵某');
  await page.getByTestId('save').click();
  const dialog = page.locator('dialog[open]');
  await dialog.waitFor();
  const text = await dialog.innerText();
  assert.match(text, /李某/);
  assert.match(text, /赵某/);
  await dialog.locator('input[type=radio]').first().check();
  await dialog.locator('footer .btn.primary').click();
  await until('the chosen value', async () => (await task(made.id)).fields.contact === '李某');
  await other.context().close();
});

test('the board moves a card by a step, and says why another is refused', async () => {
  const made = await makeTask('看板卡片');
  await open('/registers/task?view=board');
  const card = page.locator(`[data-card="${made.id}"]`);
  await card.waitFor();
  const column = (state) => page.locator(`[data-state=${state}]`);
  assert.equal(await column('issued').locator(`[data-card="${made.id}"]`).count(), 1);
  // No step leads from issued to being worked on.
  await card.dragTo(column('doing'));
  const dialog = page.locator('dialog[open]');
  await dialog.locator('[role=alert]').first().waitFor();
  assert.match(await dialog.innerText(), /不能直接转为/);
  await page.keyboard.press('Escape');
  assert.equal((await task(made.id)).state, 'issued');
  // With the keyboard: m, the first step that may be taken, what it asks.
  await card.focus();
  await page.keyboard.press('m');
  await dialog.locator('[data-step=accept]').waitFor();
  await keepPicture(page, 'registers_board_step');
  await dialog.locator('[data-step=accept]').press('Enter');
  await page.getByTestId('confirm-transition').waitFor();
  await page.getByTestId('confirm-transition').press('Enter');
  await column('accepted').locator(`[data-card="${made.id}"]`).waitFor();
  assert.equal((await task(made.id)).state, 'accepted');
  await keepPicture(page, 'registers_board');
});

test('the calendar shows the day that is due, the timeline its span', async () => {
  const made = await makeTask('日历事项', { due: '2024-06-07' });
  await open('/registers/task?view=calendar&at=2024-06');
  await page.locator(`[data-day="2024-06-07"] [data-item="${made.id}"]`).waitFor();
  await keepPicture(page, 'registers_calendar');
  await page.locator(`[data-item="${made.id}"]`).click();
  await page.getByTestId('record-panel').waitFor();
  assert.match(page.url(), new RegExp(`${made.id}.*view=calendar`));
  await open('/registers/task?view=timeline&at=2024-01');
  await page.locator(`[data-bar="${made.id}"]`).waitFor();
  assert.match(await page.locator(`[data-bar="${made.id}"]`).getAttribute('aria-label'), /2024-04-01 – 2024-06-07/);
  await keepPicture(page, 'registers_timeline');
});

test('filters stand in the address and are kept as a view for others', async () => {
  await makeTask('乳山事项', { district: 'rushan' });
  await open('/registers/task');
  await page.locator('tbody tr').first().waitFor();
  const all = await page.locator('tbody tr').count();
  await page.locator('.bar .menu button').first().click();
  await page.locator('[data-filter=district]').click();
  await page.locator('[data-value=rushan]').click();
  await page.locator('[data-chip=district]').waitFor();
  await until('fewer rows', async () => { const n = await page.locator('tbody tr').count(); return n >= 1 && n < all; });
  assert.match(page.url(), /f\.district=rushan/);
  await page.getByLabel('常用视图').click();
  await page.getByTestId('save-view').click();
  await page.locator('#view-name').fill('乳山任务');
  await page.locator('dialog[open] input[type=checkbox]').check();
  await page.locator('dialog[open] footer .btn.primary').click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  const clerk = await newPage(browser);
  await signIn(clerk, server.address, 'duty', drillPassword('duty'));
  await clerk.goto(`${server.address}/registers/task`);
  await clerk.getByLabel('常用视图').click();
  await clerk.locator('[data-saved=乳山任务]').click();
  await clerk.locator('[data-chip=district]').waitFor();
  assert.match(clerk.url(), /f\.district=rushan/);
  assert.deepEqual(clerk.faults, []);
  await clerk.context().close();
});

test('one step for several records, each by itself', async () => {
  const made = [await makeTask('批量甲'), await makeTask('批量乙')];
  await open('/registers/task?q=批量');
  await until('both rows', async () => (await page.locator('tbody tr').count()) === 2);
  await page.locator('thead input[type=checkbox]').check();
  await page.getByTestId('bulk').click();
  await page.getByTestId('bulk-run').click();
  await until('the result', async () => /成功 2 条/.test(await page.getByTestId('bulk-progress').innerText()));
  for (const { id } of made) assert.equal((await task(id)).state, 'accepted');
  await page.keyboard.press('Escape');
});

test('a file is tried before it is read in: its faults are told by row and nothing is written', async () => {
  const file = join(folder, 'tasks.csv');
  writeFileSync(file, '\ufefftitle,kind,importance,due\n导入甲,task,normal,2024-05-30\n导入乙,task,没有这一档,2024-05-30\n');
  await open('/registers/task');
  await page.getByRole('button', { name: '导入' }).click();
  await page.locator('dialog[open] input[type=file]').setInputFiles(file);
  const dialog = page.locator('dialog[open]');
  await until('the report', async () => /没有这一档|importance|重要程度/.test(await dialog.innerText()));
  await keepPicture(page, 'registers_import');
  const found = await call(page, 'GET', `/registers/task/records?q=${encodeURIComponent('导入甲')}`);
  assert.equal(found.json.total, 0);
  await page.keyboard.press('Escape');
});

test('records with a place stand on the map', async () => {
  const clerk = await newPage(browser);
  await signIn(clerk, server.address, 'clerk', drillPassword('clerk'));
  const ring = [[122.451, 37.392], [122.455, 37.392], [122.455, 37.394], [122.451, 37.394], [122.451, 37.392]];
  const made = await call(clerk, 'POST', '/registers/sea_use_right/records', {
    fields: { title: '桑沟湾筏式养殖一区', holder: '演练水产有限公司', district: 'rongcheng', kind: '1802', mode: 'open', layer: 'column', purpose: 'aquaculture', approval_level: 'county', applied_on: '2024-03-01', parcel: { type: 'Polygon', coordinates: [ring] } },
  });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  await clerk.goto(`${server.address}/registers/sea_use_right?view=map&at=122.453,37.393,14`);
  await until('the parcel in view', async () => /范围内 1 条/.test(await clerk.getByTestId('map-view').innerText()));
  await clerk.waitForTimeout(1500);
  const box = await clerk.locator('[data-testid=map-view] canvas').first().boundingBox();
  // The list has it before the map has drawn it.
  await until('the record behind the parcel', async () => {
    await clerk.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await clerk.waitForTimeout(1000);
    return (await clerk.getByTestId('record-panel').count()) === 1;
  }, 60_000).catch(async (error) => { await keepPicture(clerk, 'registers_map'); throw error; });
  assert.match(clerk.url(), new RegExp(made.json.id));
  await clerk.waitForTimeout(1500);
  await keepPicture(clerk, 'registers_map');
  assert.deepEqual(clerk.faults, []);
  await clerk.context().close();
});

test('the page had no error of its own', () => {
  assert.deepEqual(page.faults, []);
});
