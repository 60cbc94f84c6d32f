// SPDX-License-Identifier: Apache-2.0
// The view is in the address and comes back; language, theme, keys, search; a server that goes away
// and comes back; what a role may not see.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drillPassword, keepPicture, newPage, removeFolder, root, Server, signIn, startBrowser, temporaryFolder, until, vessels } from './support.mjs';

const drill = () => ['--drill', join(root, 'drills/weihai_moratorium.toml')];
let server;
let browser;
let page;
const folder = temporaryFolder();

before(async () => {
  server = await Server.start(drill(), folder);
  browser = await startBrowser();
  page = await newPage(browser);
  await signIn(page, server.address, 'duty', drillPassword('duty'));
  await until('ships', async () => (await vessels(page)) > 100, 60_000);
}, { timeout: 180_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

test('language and theme change at once, stay after a reload and travel in a shared link', async () => {
  assert.match(await page.locator('[data-page=situation]').innerText(), /态势/);
  await page.getByTestId('language').click();
  await page.getByTestId('theme').click();
  assert.match(await page.locator('[data-page=situation]').innerText(), /Situation/);
  const theme = await page.evaluate(() => document.documentElement.dataset.theme);
  await page.reload();
  await page.getByTestId('shell').waitFor();
  assert.match(await page.locator('[data-page=situation]').innerText(), /Situation/);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme);
  await page.goto(`${server.address}/situation?lang=zh&theme=day`);
  await page.getByTestId('shell').waitFor();
  assert.match(await page.locator('[data-page=situation]').innerText(), /态势/);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'day');
});

test('centre, zoom, filter, layers and selection come back with the address', async () => {
  const first = await until('a vessel of the register', () => page.evaluate(() => {
    const fleet = window.__jinglue.fleet;
    const slot = [...Array(fleet.count).keys()].find((one) => fleet.record[one] !== '');
    return slot === undefined ? undefined : { key: fleet.record[slot], name: fleet.name[slot] };
  }));
  await page.goto(`${server.address}/situation?c=37.0500,122.5200&z=10.50&kinds=fishing,cargo&berth=sea&off=graticule&sel=${first.key}`);
  await page.getByTestId('vessel-panel').waitFor();
  await until('the name of the vessel', async () => (await page.getByTestId('vessel-panel').locator('h1').innerText()) === first.name);
  const view = await page.evaluate(() => window.__jinglue.chart.view());
  assert.ok(Math.abs(view.lat - 37.05) < 1e-3 && Math.abs(view.lon - 122.52) < 1e-3 && Math.abs(view.zoom - 10.5) < 0.01);
  assert.equal(await page.locator('.chip[aria-pressed=true]').first().innerText(), '仅在海');
  await page.keyboard.press('Escape');
  await until('the panel to close', async () => (await page.getByTestId('vessel-panel').count()) === 0);
  assert.ok(!page.url().includes('sel='));
  assert.match(page.url(), /kinds=fishing,cargo/);
});

test('a click on a ship opens it', async () => {
  await page.goto(`${server.address}/situation`);
  await until('ships', async () => (await vessels(page)) > 100);
  const spot = await until('a ship in the middle of the map', () => page.evaluate(() => {
    const { fleet, chart } = window.__jinglue;
    const box = chart.map.getCanvas().getBoundingClientRect();
    for (let slot = 0; slot < fleet.count; ++slot) {
      if (fleet.flags[slot] & 1) continue;
      const at = chart.pixel(fleet.lat[slot] / 6e6, fleet.lon[slot] / 6e6);
      if (at.x > 300 && at.x < box.width - 80 && at.y > 60 && at.y < box.height - 60) return { x: box.left + at.x, y: box.top + at.y };
    }
    return null;
  }));
  await page.mouse.move(spot.x, spot.y);
  await page.locator('[role=tooltip]').waitFor();
  await page.mouse.click(spot.x, spot.y);
  await page.getByTestId('vessel-panel').waitFor();
  assert.match(page.url(), /sel=/);
  await keepPicture(page, 'vessel');
  await page.keyboard.press('Escape');
});

test('search finds a vessel by part of its name and a typed position', async () => {
  const name = await page.evaluate(() => window.__jinglue.fleet.name.find((one) => /^演练/.test(one)));
  await page.keyboard.press('/');
  await page.keyboard.type(name);
  await page.locator('#search-results [role=option]').first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByTestId('vessel-panel').waitFor();
  assert.equal(await page.getByTestId('vessel-panel').locator('h1').innerText(), name);
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.getByTestId('search').fill("37°15.0'N 122°42.0'E");
  await until('the position', async () => /37°15/.test(await page.locator('#search-results').innerText().catch(() => '')));
  await page.keyboard.press('Enter');
  await until('the map there', async () => {
    const view = await page.evaluate(() => window.__jinglue.chart.view());
    return Math.abs(view.lat - 37.25) < 0.01 && Math.abs(view.lon - 122.7) < 0.01;
  });
});

const ownerOf = (form) => form.getByLabel('所有人').first();

test('a record is changed, a change of the same field by another is shown and settled', async () => {
  await page.locator('[data-page=registers]').click();
  await page.locator('[data-register=vessel]').click();
  await page.locator('tbody tr').first().waitFor();
  await page.locator('tbody tr').first().click();
  const form = page.getByTestId('record-form');
  const owner = ownerOf(form);
  await owner.fill('甲');
  await page.getByTestId('save').click();
  await until('the saved value', async () => (await page.getByTestId('save').count()) === 0);
  const address = page.url();
  const other = await newPage(browser);
  await signIn(other, server.address, 'duty2', drillPassword('duty2'));
  await other.goto(address);
  await other.getByTestId('record-form').waitFor();
  await owner.fill('乙');
  const theirs = other.getByTestId('record-form');
  await ownerOf(theirs).fill('丙');
  await other.getByTestId('save').click();
  await until('the other one saved', async () => (await other.getByTestId('save').count()) === 0);
  await page.getByTestId('save').click();
  const dialog = page.locator('dialog[open]');
  await dialog.waitFor();
  const text = await dialog.innerText();
  assert.ok(text.includes('乙') && text.includes('丙') && text.includes('演练值班员乙'));
  await dialog.locator('input[type=radio]').first().check();
  await dialog.locator('footer .primary').click();
  await until('mine at the other station', async () => (await ownerOf(theirs).inputValue()) === '乙');
  assert.deepEqual(other.faults, []);
  await other.context().close();
});

test('a clerk of a district has no System page', async () => {
  const clerk = await newPage(browser);
  await signIn(clerk, server.address, 'clerk', drillPassword('clerk'));
  assert.equal(await clerk.locator('[data-page=system]').count(), 0);
  assert.deepEqual(clerk.faults, []);
  await clerk.context().close();
});

test('the administrator sees inputs, health and an intact audit log', async () => {
  const admin = await newPage(browser);
  await signIn(admin, server.address, 'admin', drillPassword('admin'));
  await admin.locator('[data-page=system]').click();
  await admin.getByTestId('health').waitFor();
  await admin.locator('tbody tr').first().waitFor();
  await keepPicture(admin, 'system');
  await admin.getByRole('tab', { name: '审计日志' }).click();
  await admin.getByTestId('verify-audit').click();
  await admin.locator('.badge.ok').waitFor();
  assert.deepEqual(admin.faults, []);
  await admin.context().close();
});

test('the administrator makes an account, changes it, and every refusal is said in Chinese', async () => {
  const admin = await newPage(browser);
  await signIn(admin, server.address, 'admin', drillPassword('admin'));
  await admin.goto(`${server.address}/system/users`);
  await admin.getByTestId('add-user').click();
  const dialog = admin.locator('dialog[open]');
  await dialog.getByTestId('save-user').click();
  await until('the name to be asked for', async () => /小写字母/.test(await dialog.locator('[role=alert]').first().innerText()));
  assert.equal(await admin.evaluate(() => document.activeElement?.getAttribute('name')), 'account');
  await dialog.locator('[name=account]').fill('duty');
  await dialog.locator('[name=display_name]').fill('王海');
  await dialog.locator('input[value=clerk]').check();
  await dialog.locator('[name=new-password]').fill('aaaaaaaaaaaa');
  await admin.keyboard.press('Enter');
  await until('the plain password to be refused', async () => /过于简单/.test(await dialog.innerText()));
  await dialog.locator('[name=new-password]').fill('wang-hai-first-1');
  await admin.keyboard.press('Enter');
  await until('the name to be in use', async () => /账号“duty”已存在/.test(await dialog.innerText()));
  await dialog.locator('[name=account]').fill('wang');
  await dialog.locator('[name=district]').selectOption('rongcheng');
  await admin.keyboard.press('Enter');
  const row = admin.locator('[data-user=wang]');
  await row.waitFor();
  assert.match(await row.innerText(), /王海[\s\S]*区市专员[\s\S]*荣成市[\s\S]*正常/);
  await keepPicture(admin, 'accounts');

  // Signed in with the first password; another role and the whole authority reach the open page.
  const wang = await newPage(browser);
  await signIn(wang, server.address, 'wang', 'wang-hai-first-1');
  await row.locator('[data-act=edit]').click();
  await dialog.locator('input[value=clerk]').uncheck();
  await dialog.getByTestId('save-user').click();
  await until('a role to be asked for', async () => /至少选择一个角色/.test(await dialog.innerText()));
  await dialog.locator('input[value=duty_leader]').check();
  await dialog.locator('[name=district]').selectOption('');
  await dialog.getByTestId('save-user').click();
  await until('the changed row', async () => /带班领导[\s\S]*全辖区/.test(await row.innerText()));

  // The only administrator keeps the role and is told why.
  await admin.locator('[data-user=admin] [data-act=edit]').click();
  await dialog.locator('input[value=administrator]').uncheck();
  await dialog.locator('input[value=leader]').check();
  await dialog.getByTestId('save-user').click();
  await until('the refusal', async () => /唯一的系统管理员/.test(await dialog.innerText()));
  await admin.keyboard.press('Escape');
  assert.equal(await admin.locator('[data-user=admin] [data-act=disable]').isDisabled(), true);

  await row.locator('[data-act=password]').click();
  await dialog.locator('[name=new-password]').fill('wang-hai-second-2');
  await admin.keyboard.press('Enter');
  await until('the dialog to close', async () => (await dialog.count()) === 0);
  // The session of the old password has ended: the open page asks for the new one.
  await wang.locator('input[name=password]').waitFor();
  await wang.locator('input[name=password]').fill('wang-hai-second-2');
  await wang.locator('button[type=submit]').click();
  await until('the page again', async () => (await wang.locator('input[name=password]').count()) === 0);

  await row.locator('[data-act=disable]').click();
  await admin.keyboard.press('Escape');
  assert.match(await row.innerText(), /正常/);
  await row.locator('[data-act=disable]').click();
  await dialog.getByTestId('confirm').click();
  await until('the disabled row', async () => /已停用/.test(await row.innerText()));
  await wang.locator('input[name=password]').waitFor();

  // The audit log names people, and says whose clock each time is of.
  await admin.getByRole('tab', { name: '审计日志' }).click();
  const line = admin.locator('tbody tr').first();
  await until('the last act', async () => /停用账号/.test(await line.innerText()));
  assert.match(await line.innerText(), /实际时间[\s\S]*演练系统管理员[\s\S]*admin[\s\S]*账号 王海/);
  assert.deepEqual([...admin.faults, ...wang.faults], []);
  await wang.context().close();
  await admin.context().close();
});

test('a foreign ship under the pointer has its flag in words', async () => {
  await page.goto(`${server.address}/situation`);
  const spot = await until('a ship with a flag', () => page.evaluate(() => {
    const { fleet, chart } = window.__jinglue;
    if (!chart) return null;
    const box = chart.map.getCanvas().getBoundingClientRect();
    for (let slot = 0; slot < fleet.count; ++slot) {
      if (!/^[A-Z]{2}$/.test(fleet.district[slot]) || fleet.flags[slot] & 1) continue;
      const at = chart.pixel(fleet.lat[slot] / 6e6, fleet.lon[slot] / 6e6);
      if (at.x > 300 && at.x < box.width - 80 && at.y > 60 && at.y < box.height - 60) return { x: box.left + at.x, y: box.top + at.y };
    }
    return null;
  }));
  await page.mouse.move(spot.x, spot.y);
  await until('the card', async () => /船旗 [A-Z]{2}/.test(await page.locator('[role=tooltip]').innerText().catch(() => '')));
});

test('a server that goes away is said, and its return needs no hand', async () => {
  await page.goto(`${server.address}/situation`);
  await until('ships', async () => (await vessels(page)) > 100);
  const port = server.port;
  await server.stop();
  await page.getByTestId('offline').waitFor({ timeout: 30_000 });
  await keepPicture(page, 'offline');
  server = await Server.start(drill(), folder, port);
  // The drill begins anew with its accounts, so the old session is over: the page asks for the password.
  await page.locator('input[name=password]').waitFor({ timeout: 60_000 });
  await page.locator('input[name=password]').fill(drillPassword('duty'));
  await page.locator('button[type=submit]').click();
  await until('the live picture', async () => (await page.locator('[data-state=live]').count()) === 1, 60_000);
  await until('ships again', async () => (await vessels(page)) > 100, 60_000);
});

test('nothing in the page failed on the way', () => {
  assert.deepEqual(page.faults, []);
});
