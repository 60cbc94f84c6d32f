// SPDX-License-Identifier: Apache-2.0
// A new installation: no register is in use, an administrator enables some, others find them at once; the
// first numbers, a template, a record that comes each month, quiet hours of letters; one is disabled again.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, freePort, keepPicture, newPage, removeFolder, root, runProgram, Server, signIn, startBrowser, temporaryFolder, until, writeFile } from './support.mjs';

const folder = temporaryFolder();
const password = 'one long password 7';
let server;
let browser;
let admin;
let leader;
const text = (page) => page.locator('.page').first().innerText();
const standing = async (id) => (await call(admin, 'GET', '/registers/standing')).json.items.find((one) => one.register === id);

before(async () => {
  writeFile(join(folder, 'jinglue.toml'), `[[input]]\nname = "ais"\nkind = "udp"\nport = ${await freePort()}\n`);
  for (const [name, role] of [['ada', 'administrator'], ['lin', 'duty_leader']]) {
    await runProgram(['user', 'add', name, '--role', role, '--data', join(folder, 'data'), '--share', root], `${password}\n`);
  }
  server = await Server.start(['--config', join(folder, 'jinglue.toml')], folder);
  browser = await startBrowser();
  admin = await newPage(browser);
  leader = await newPage(browser);
  await signIn(leader, `${server.address}/registers?lang=zh&theme=day`, 'lin', password);
  await signIn(admin, `${server.address}/registers?lang=zh&theme=day`, 'ada', password);
}, { timeout: 180_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

test('at first it says what is to be done, to an administrator and to others', async () => {
  await until('the first page of the others', async () => /由系统管理员启用/.test(await text(leader)));
  assert.equal(await leader.getByTestId('to-standings').count(), 0);
  await until('the first page', async () => /尚未启用业务台账/.test(await text(admin)));
  await keepPicture(admin, 'first_use');
  await admin.getByTestId('to-standings').click();
  await admin.locator('[data-standing=task]').waitFor();
  assert.match(await admin.locator('[data-standing=person]').innerText(), /基础台账/);
  assert.equal(await admin.locator('[data-standing=person] input').count(), 0, 'a core register is not disabled');
  await keepPicture(admin, 'standings_first');
});

test('several are enabled at once, and others find them without a reload', async () => {
  for (const id of ['task', 'goal', 'meeting']) await admin.locator(`[data-standing=${id}] input`).check();
  await admin.getByTestId('enable-chosen').click();
  await admin.locator('dialog textarea').fill('首批启用');
  await keepPicture(admin, 'standings_enable');
  await admin.getByTestId('change-standing').click();
  await until('the state', async () => /已启用/.test(await admin.locator('[data-standing=task]').innerText()));
  assert.deepEqual([(await standing('task')).enabled, (await standing('meeting')).enabled, (await standing('case')).enabled], [true, true, false]);
  await leader.getByLabel('全部台账').click();
  await leader.locator('[data-all=task]').click();
  await until('the empty register', async () => /暂无记录/.test(await text(leader)));
  assert.equal(await leader.locator('[data-page=cases]').count(), 0, 'the page of a register that is not in use');
});

let task;
test('numbers stand on the first page and open the list that they count', async () => {
  const made = [];
  for (const [title, due] of [['逾期事项', '2024-01-31'], ['当前事项', '2099-12-31']]) {
    made.push(await call(leader, 'POST', '/registers/task/records', { fields: { title, kind: 'task', importance: 'normal', unit: '海洋发展局', issued_on: '2024-01-02', due } }));
    assert.equal(made.at(-1).status, 201, JSON.stringify(made.at(-1).json));
  }
  task = made[1].json;
  await leader.goto(`${server.address}/registers`);
  const tile = leader.locator('[data-tile="task.late"]');
  await until('the late one', async () => (await tile.count()) === 1 && /1/.test(await tile.locator('b').innerText()), 60_000);
  assert.match(await tile.getAttribute('class'), /warns/);
  await keepPicture(leader, 'tiles');
  await tile.click();
  await until('its list', async () => (await leader.locator('tbody tr').count()) === 1);
  assert.match(await leader.locator('tbody').innerText(), /逾期事项/);
  assert.match(decodeURIComponent(leader.url()), /f\.clock=due:overdue/);
  assert.match(await leader.locator('[data-chip=clock]').innerText(), /超期/);
});

test('a template is kept from a record and a new one begins with it', async () => {
  await leader.goto(`${server.address}/registers/task/${task.id}`);
  await leader.getByLabel('更多').click();
  await leader.getByTestId('keep-template').click();
  await leader.keyboard.press('Enter');
  await leader.locator('dialog .problem').waitFor();
  await leader.locator('#template-name').fill('日常任务');
  await leader.getByTestId('save-template').click();
  await leader.locator('dialog[open]').waitFor({ state: 'detached' });
  await leader.getByLabel('模板与周期记录').click();
  await leader.locator('[data-template=日常任务]').click();
  await until('the values of the template', async () => (await leader.locator('[data-field=unit] input').first().inputValue()) === '海洋发展局');
  await leader.locator('[data-field=title] input, [data-field=title] textarea').first().fill('按模板新建');
  await leader.getByTestId('save').click();
  await leader.getByTestId('record-state').waitFor();
  assert.doesNotMatch(leader.url(), /template/);
});

test('a record comes each month: made from a record, paused, removed and taken back', async () => {
  await leader.goto(`${server.address}/registers/task/${task.id}`);
  await leader.getByLabel('更多').click();
  await leader.getByTestId('make-schedule').click();
  await leader.locator('[name=schedule-name]').fill('月度巡查');
  await leader.locator('[name=days]').selectOption('last_working');
  await leader.locator('[name=lead]').fill('5');
  assert.match(await leader.getByTestId('schedule-form').innerText(), /每月最后一个工作日，提前 5 天生成/);
  await keepPicture(leader, 'schedule_form');
  await leader.getByTestId('save-schedule').click();
  const row = leader.locator('[data-schedule=月度巡查]');
  await row.waitFor();
  const list = async () => (await call(leader, 'GET', '/registers/task/schedules')).json.items;
  const [kept] = await list();
  assert.deepEqual([kept.rule.working_day, kept.rule.lead_days, kept.fields.title], [-1, 5, '当前事项']);
  assert.match(await row.innerText(), new RegExp(kept.next[0].due));
  await row.locator('[data-act=pause]').click();
  await until('the pause', async () => /已暂停/.test(await row.innerText()));
  assert.equal((await list())[0].paused, true);
  await keepPicture(leader, 'schedules');
  await row.locator('[data-act=remove]').click();
  await until('the end', async () => (await list()).length === 0);
  await leader.keyboard.press('Escape');
  await leader.locator('dialog[open]').waitFor({ state: 'detached' });
  await leader.locator('.notes').getByRole('button', { name: '撤销', exact: true }).click();
  await until('the schedule again', async () => (await list()).length === 1);
});

test('language and quiet hours of letters', async () => {
  await leader.getByLabel('用户菜单').click();
  await leader.getByTestId('letters-menu').click();
  await leader.locator('[name=letters-language]').selectOption('en');
  await leader.locator('input[value=own]').check();
  await leader.locator('[name=quiet-from]').fill('9 pm');
  await leader.keyboard.press('Enter');
  await leader.locator('dialog .problem').waitFor();
  await leader.locator('[name=quiet-from]').fill('21:30');
  await leader.locator('[name=quiet-until]').fill('06:30');
  await leader.keyboard.press('Enter');
  await leader.locator('dialog[open]').waitFor({ state: 'detached' });
  assert.deepEqual((await call(leader, 'GET', '/session/preferences')).json, { language: 'en', quiet_from: '21:30', quiet_until: '06:30' });
});

test('one is disabled: a reason is asked for, what depends on it is told, its page says so', async () => {
  await admin.goto(`${server.address}/system/registers`);
  const row = admin.locator('[data-standing=task]');
  await until('its records', async () => /3/.test(await row.innerText()));
  await row.locator('[data-act=disable]').click();
  await admin.getByTestId('change-standing').click();
  await admin.locator('dialog .problem').waitFor();
  assert.equal((await standing('task')).enabled, true);
  await admin.locator('dialog textarea').fill('改用省平台');
  await keepPicture(admin, 'standings_disable');
  await admin.getByTestId('change-standing').click();
  await until('the state', async () => /未启用/.test(await row.innerText()));
  assert.match(await row.innerText(), /改用省平台/);
  await leader.goto(`${server.address}/registers/task`);
  await until('the page of a register that is not there', async () => /未启用/.test(await text(leader)));
  assert.deepEqual(admin.faults, []);
  assert.deepEqual(leader.faults, []);
});
