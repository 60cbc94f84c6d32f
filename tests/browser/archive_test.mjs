// SPDX-License-Identifier: Apache-2.0
// The past on the screen: the track of a vessel, tails while time is scrubbed and played, who was in
// an area, density; each comes back with its address.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drillPassword, keepPicture, newPage, removeFolder, root, Server, signIn, startBrowser, temporaryFolder, until, vessels } from './support.mjs';

let server;
let browser;
let page;
const folder = temporaryFolder();
const inPage = (work, argument) => page.evaluate(work, argument);
const drillTime = () => inPage(async () => Date.parse((await (await fetch('/api/v1/clock')).json()).now));

async function open(query) {
  await page.goto(`${server.address}/situation${query}`);
  await page.getByTestId('shell').waitFor();
  await until('ships', async () => (await vessels(page)) > 100);
}

before(async () => {
  server = await Server.start(['--drill', join(root, 'drills/weihai_moratorium.toml'), '--speed', '200'], folder);
  browser = await startBrowser();
  page = await newPage(browser);
  await signIn(page, server.address, 'duty', drillPassword('duty'));
  await until('ships', async () => (await vessels(page)) > 100, 60_000);
  const begun = await drillTime();
  await until('an hour of the drill', async () => (await drillTime()) - begun > 3_600_000, 120_000);
}, { timeout: 240_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

test('the track of a vessel over thirty days has a legend, by speed and by behaviour', async () => {
  const key = await until('a vessel of the register', () => inPage(() => {
    const { fleet } = window.__jinglue;
    const slot = [...Array(fleet.count).keys()].find((one) => fleet.record[one] !== '');
    return slot === undefined ? undefined : fleet.record[slot];
  }));
  await open(`?sel=${key}&hours=720`);
  const section = page.getByTestId('track-section');
  await until('the lines of the track', () => inPage(() => window.__jinglue.chart.track.vertices > 10));
  assert.match(await section.innerText(), /个船位[\s\S]*节/);
  await section.getByRole('button', { name: '状态' }).click();
  assert.match(await section.innerText(), /停留[\s\S]*慢速[\s\S]*航行/);
  assert.match(page.url(), /by=behaviour/);
  await keepPicture(page, 'track');
  await page.keyboard.press('Escape');
  await until('no track', () => inPage(() => window.__jinglue.chart.track.vertices === 0));
});

test('tails follow the time that is scrubbed and played', async () => {
  const at = new Date(Math.round((await drillTime()) / 1000) * 1000 - 1_800_000).toISOString().replace('.000Z', 'Z');
  await open(`?t=${at}&tail=1`);
  await until('tails', () => inPage(() => window.__jinglue.chart.tails.vertices > 100));
  const shown = async () => (await page.getByTestId('timeline-time').innerText()).split('\n')[0];
  const first = await shown();
  await page.locator('.timeline select').first().selectOption({ label: '300×' });
  await page.keyboard.press(' ');
  await until('a later time', async () => (await shown()) !== first);
  await page.keyboard.press(' ');
  await until('the time in the address', () => /[?&]t=/.test(page.url()) && !page.url().includes(at));
  await keepPicture(page, 'tails');
  await page.getByTestId('tails').selectOption('0');
  await until('no tails', () => inPage(() => window.__jinglue.chart.tails.vertices === 0));
  await page.keyboard.press('n');
});

test('who was here: an area is drawn or typed, the list opens vessels, exports and comes back', async () => {
  await open('?tab=who');
  const map = await page.getByTestId('map').boundingBox();
  await page.getByTestId('draw-box').click();
  await page.mouse.move(map.x + 300, map.y + 150);
  await page.mouse.down();
  await page.mouse.move(map.x + 600, map.y + 300, { steps: 4 });
  await page.mouse.up();
  await until('the drawn area in the address', () => /area=/.test(page.url()));
  await page.getByTestId('clear-area').click();
  await page.getByTestId('type-area').click();
  await page.getByTestId('area-text').fill('somewhere');
  await page.getByTestId('area-text').press('Tab');
  await page.getByRole('button', { name: '应用' }).click();
  assert.match(await page.getByTestId('who-panel').innerText(), /第 1 行/);
  await page.getByTestId('area-text').fill('38°00.0′N 122°00.0′E\n36°30.0′N 123°30.0′E');
  await page.getByRole('button', { name: '应用' }).click();
  await page.getByTestId('who-row').first().waitFor();
  const count = await page.getByTestId('who-count').innerText();
  assert.match(count, /^[\d,]+ 艘$/);
  assert.notEqual(count, '0 艘');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('who-export').click()]);
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\r\n');
  assert.match(lines[0], /船名,类型/);
  assert.equal(`${(lines.length - 1).toLocaleString('zh-CN')} 艘`, count);
  await keepPicture(page, 'who');
  const address = page.url();
  await page.getByTestId('who-row').first().click();
  await page.getByTestId('vessel-panel').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('who-row').first().waitFor();
  await page.goto(address);
  await page.getByTestId('who-row').first().waitFor();
  assert.equal(await page.getByTestId('who-count').innerText(), count);
});

test('density is shown with a legend, comes back with the address and goes', async () => {
  await open('?tab=density&lang=en&theme=night');
  await page.getByTestId('density-start').click();
  await page.getByTestId('density-legend').waitFor();
  assert.ok(await inPage(() => window.__jinglue.chart.density.shown));
  await keepPicture(page, 'density');
  await page.reload();
  await page.getByTestId('density-legend').waitFor();
  await page.getByTestId('density-clear').click();
  await until('no density', () => inPage(() => !window.__jinglue.chart.density.shown));
  await page.goto(`${server.address}/situation?lang=zh&theme=day`);
  assert.deepEqual(page.faults, []);
});
