// SPDX-License-Identifier: Apache-2.0
// The duty officer's path on the shipped drill: sign in, see ships move, see a finding appear in the
// open page, verify it, open the case, reload, find it again. One page, no reload until the test says.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drillPassword, keepPicture, newPage, removeFolder, root, Server, signIn, startBrowser, temporaryFolder, until, vessels } from './support.mjs';

let server;
let browser;
let page;
const folder = temporaryFolder();

before(async () => {
  server = await Server.start(['--drill', join(root, 'drills/weihai_moratorium.toml'), '--speed', '60'], folder);
  browser = await startBrowser();
  page = await newPage(browser);
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

test('a wrong password is refused in plain words, the right one opens the map', async () => {
  await page.goto(server.address);
  await page.locator('input[name=name]').fill('duty');
  await page.locator('input[name=password]').fill('wrong-password-1');
  await page.locator('button[type=submit]').click();
  await page.locator('[role=alert]').waitFor();
  await signIn(page, server.address, 'duty', drillPassword('duty'));
  await page.locator('.drill-band').waitFor();
  assert.match(await page.locator('.drill-band').innerText(), /DRILL/);
});

test('ships appear and move without a reload', async () => {
  await until('300 ships on the map', async () => (await vessels(page)) > 300, 60_000);
  const place = () => page.evaluate(() => {
    const fleet = window.__jinglue.fleet;
    let sum = 0;
    for (let slot = 0; slot < fleet.count; ++slot) sum += fleet.lat[slot] + fleet.lon[slot];
    return sum;
  });
  const first = await place();
  await until('a ship that moves', async () => (await place()) !== first);
});

let title = '';
let vessel = '';

test('a finding appears in the open page', async () => {
  await page.evaluate(() => (window.stayed = true));
  await page.locator('[data-page=findings]').click();
  const row = page.locator('tbody tr.act, tbody tr').first();
  await row.waitFor({ timeout: 240_000 });
  title = await row.getByTestId('finding-title').innerText();
  assert.match(title, /疑似/);
  vessel = await row.locator('td').nth(2).innerText();
  assert.ok(vessel.length > 0);
  assert.equal(await page.evaluate(() => window.stayed), true);
  await keepPicture(page, 'findings');
});

test('it explains itself: rule, version, article, instants, positions', async () => {
  await page.locator('tbody tr').filter({ hasText: vessel }).first().click();
  const detail = page.getByTestId('finding-detail');
  await detail.locator('.reason').waitFor();
  await until('the reason', async () => (await detail.locator('.reason').innerText()).length > 20);
  await until('the positions', async () => (await detail.innerText()).includes('依据船位'));
  const text = await detail.innerText();
  for (const word of ['规则', '版', '法律依据', '开始时间', '依据船位']) assert.ok(text.includes(word), word);
});

test('verifying it makes a case lead in at most four clicks', async () => {
  // The first click was the row.
  await page.getByTestId('verify').click();
  await page.getByTestId('confirm-review').click();
  await page.getByTestId('open-case').click();
  await page.getByTestId('record-panel').waitFor();
  await until('the state of the case', async () => /线索/.test(await page.getByTestId('record-state').innerText()));
  assert.match(page.url(), /\/cases\/[0-9a-f-]{36}/);
  await until('the vessel of the case', async () => (await page.getByTestId('record-panel').innerText()).includes(vessel));
  await keepPicture(page, 'case');
});

test('after a reload the case is there, and the finding is verified', async () => {
  await page.reload();
  await page.getByTestId('record-panel').waitFor();
  await until('the case after a reload', async () => (await page.getByTestId('record-panel').innerText()).includes(vessel));
  await page.locator('[data-page=findings]').click();
  await page.locator('[data-tab=verified]').click();
  const row = page.locator('tbody tr').filter({ hasText: vessel }).first();
  await row.waitFor();
  assert.equal(await row.getByTestId('finding-title').innerText(), title);
});

test('another station sees the review of this one without a reload', async () => {
  const other = await newPage(browser);
  await signIn(other, server.address, 'duty2', drillPassword('duty2'));
  await other.locator('[data-page=findings]').click();
  await other.locator('[data-tab=all]').click();
  const row = other.locator('tbody tr').filter({ hasText: vessel }).first();
  await row.waitFor();
  await row.click();
  await other.getByTestId('finding-detail').locator('ol li.person').first().waitFor();
  assert.ok(!(await other.getByTestId('finding-detail').innerText()).includes('电话已核实'));
  await page.locator('tbody tr').filter({ hasText: vessel }).first().click();
  await page.getByTestId('finding-detail').locator('textarea').fill('电话已核实');
  await page.getByTestId('finding-detail').locator('form button[type=submit]').click();
  await until('the comment at the other station', async () => (await other.getByTestId('finding-detail').innerText()).includes('电话已核实'));
  assert.deepEqual(other.faults, []);
  await other.context().close();
});

test('the evidence pack is made and downloads', async () => {
  const officer = await newPage(browser);
  await signIn(officer, server.address, 'enforcement', drillPassword('enforcement'));
  await officer.locator('[data-page=cases]').click();
  await officer.locator('tbody tr').first().click();
  await officer.getByTestId('make-pack').click();
  const [file] = await Promise.all([officer.waitForEvent('download'), officer.getByTestId('download-pack').first().click()]);
  assert.match(file.suggestedFilename(), /\.zip$/);
  assert.deepEqual(officer.faults, []);
  await officer.context().close();
});

test('filing needs jurisdiction, a request and a second person; a refusal says why', async () => {
  const officer = await newPage(browser);
  await signIn(officer, server.address, 'enforcement', drillPassword('enforcement'));
  await officer.locator('[data-page=cases]').click();
  await officer.locator('tbody tr').first().click();
  const file = officer.locator('[data-transition=file]');
  await file.waitFor();
  assert.equal(await file.isDisabled(), true);
  assert.match(await officer.getByTestId('filing').innerText(), /管辖未判定/);
  await officer.getByTestId('rule').click();
  await officer.getByTestId('confirm-ruling').click();
  await until('the ruling to be asked for', async () => /必填/.test(await officer.locator('dialog[open]').innerText()));
  await officer.locator('dialog[open] input[value=fishery]').check();
  await officer.locator('dialog[open] textarea').fill('船位均在机动渔船底拖网禁渔区线内侧');
  await officer.getByTestId('confirm-ruling').click();
  await until('filing to be possible', async () => !(await file.isDisabled()));

  const ask = async (basis) => {
    await file.click();
    const dialog = officer.locator('dialog[open]');
    assert.match(await dialog.innerText(), /带班领导或局领导批准后生效/);
    await officer.getByTestId('confirm-transition').click();
    await until('the handler to be asked for', async () => /必填/.test(await dialog.innerText()));
    await dialog.getByLabel('承办人').fill('张三');
    await dialog.getByLabel('协办人').fill('李四');
    await dialog.getByLabel('立案依据').fill(basis);
    await officer.getByTestId('confirm-transition').click();
    await officer.getByTestId('pending').waitFor();
  };
  await ask('证据待补');
  assert.match(await officer.getByTestId('pending').innerText(), /演练渔政执法员[\s\S]*张三[\s\S]*李四[\s\S]*证据待补/);
  assert.equal(await officer.locator('[data-transition="file.approve"]').count(), 0);
  const address = officer.url();

  const leader = await newPage(browser);
  await signIn(leader, server.address, 'leader', drillPassword('leader'));
  await leader.goto(address);
  await leader.locator('[data-transition="file.refuse"]').click();
  await leader.locator('dialog[open] textarea').fill('请补充船舶证书核查情况');
  await leader.getByTestId('confirm-transition').click();
  // The officer's open page says so, without a reload.
  await until('the refusal at the officer', async () => /演练带班领导/.test(await officer.getByTestId('sent-back').innerText().catch(() => '')));
  assert.match(await officer.getByTestId('sent-back').innerText(), /立案申请已被退回：请补充船舶证书核查情况/);

  await ask('证书已核查');
  await leader.locator('[data-transition="file.approve"]').click();
  assert.match(await leader.getByTestId('asked').last().innerText(), /证书已核查/);
  await leader.getByTestId('confirm-transition').click();
  await until('the filed case', async () => /已立案/.test(await leader.getByTestId('record-state').innerText()));
  await officer.reload();
  await officer.getByTestId('record-panel').waitFor();
  await until('the filed case after a reload', async () => /已立案/.test(await officer.getByTestId('record-state').innerText()));
  assert.match(await officer.locator('[data-field=filing_approved_by]').innerText(), /演练带班领导/);
  await officer.getByRole('tab', { name: '变更历史' }).click();
  await until('the history in words', async () => /批准立案/.test(await officer.getByTestId('record-panel').innerText()));
  assert.ok(!/object Object/.test(await officer.getByTestId('record-panel').innerText()));
  await keepPicture(officer, 'filed');

  await officer.locator('[data-transition=transfer]').click();
  await officer.locator('dialog[open] select').selectOption('coast_guard');
  await officer.locator('dialog[open]').getByLabel('移送文书号').fill('演练移〔2024〕1号');
  await officer.locator('dialog[open]').getByLabel('移送理由').fill('经查属海警机构管辖');
  await officer.getByTestId('confirm-transition').click();
  await until('the transferred case', async () => /已移送/.test(await officer.getByTestId('record-state').innerText()));
  // The state comes by the stream, what may be done next by a request after it.
  await until('an end without next steps', async () => (await officer.locator('[data-transition]').count()) === 0);
  assert.deepEqual([...officer.faults, ...leader.faults], []);
  await officer.context().close();
  await leader.context().close();
});

test('the past is scrubbed and played, and the way back is one key', async () => {
  await page.locator('[data-page=situation]').click();
  const bar = page.getByTestId('timeline-bar');
  const box = await bar.boundingBox();
  await bar.click({ position: { x: box.width - 20, y: 10 } });
  await until('a picture of the past', async () => /[?&]t=/.test(page.url()));
  assert.ok(await page.locator('.past-mark').isVisible());
  const then = await page.getByTestId('timeline-time').innerText();
  await page.keyboard.press(' ');
  await until('time that goes on', async () => (await page.getByTestId('timeline-time').innerText()) !== then);
  await page.keyboard.press('n');
  await until('the live picture', async () => !/[?&]t=/.test(page.url()) && !(await page.locator('.past-mark').isVisible()));
});

test('nothing in the page failed on the way', () => {
  assert.deepEqual(page.faults, []);
});
