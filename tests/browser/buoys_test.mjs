// SPDX-License-Identifier: Apache-2.0
// Buoys of the drill on the map: value, panel with curve, another value, the layer off, by night in
// English, and while the past is shown.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drillPassword, keepPicture, newPage, removeFolder, root, Server, signIn, startBrowser, temporaryFolder, until } from './support.mjs';

let server;
let browser;
let page;
const folder = temporaryFolder();

before(async () => {
  server = await Server.start(['--drill', join(root, 'drills/weihai_moratorium.toml')], folder);
  browser = await startBrowser();
  page = await newPage(browser);
  await signIn(page, server.address, 'duty', drillPassword('duty'));
}, { timeout: 180_000 });

after(async () => {
  const faults = page?.faults ?? [];
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
  assert.deepEqual(faults, []);
});

const label = async (id) => (await page.getByTestId(`buoy-${id}`).locator('.value').innerText()).trim();

test('a buoy shows its wave height and opens with values and a curve of two days', async () => {
  await until('the value of a buoy', async () => /^\d+\.\d m$/.test(await label('W01')));
  await page.getByTestId('buoy-W01').click();
  const panel = page.getByTestId('sensor-panel');
  await panel.waitFor();
  assert.equal(await panel.locator('h1').innerText(), '刘公岛东浮标');
  assert.match(page.url(), /buoy=W01/);
  assert.match(await page.getByTestId('value-wind_speed').innerText(), /风速[\s\S]*m\/s · \d+ 级/);
  await page.getByTestId('sensor-chart').locator('canvas').waitFor();
  await keepPicture(page, 'buoy_day_zh');
  await page.getByTestId('value-wind_direction').click();
  await until('the curve of the direction', async () => /风向/.test(await panel.locator('figcaption').innerText()));
  await page.keyboard.press('Escape');
  await until('the panel to close', async () => (await panel.count()) === 0);
});

test('another value stands on the map, and the layer goes away', async () => {
  await page.goto(`${server.address}/situation?bv=sea_temperature`);
  await until('the water temperature', async () => /^\d+\.\d ℃$/.test(await label('W03')));
  await page.goto(`${server.address}/situation?off=sensors`);
  await page.getByTestId('map').waitFor();
  await until('no buoy', async () => (await page.locator('.buoy').count()) === 0);
});

test('by night in English, with the keyboard', async () => {
  await page.goto(`${server.address}/situation?lang=en&theme=night&c=37.3500,122.6000&z=9.20`);
  const buoy = page.getByTestId('buoy-R01');
  await buoy.waitFor();
  await buoy.focus();
  await page.keyboard.press('Enter');
  const panel = page.getByTestId('sensor-panel');
  await panel.waitFor();
  assert.equal(await panel.locator('h1').innerText(), 'Rongcheng sea ranch water station');
  await page.getByTestId('value-dissolved_oxygen').click();
  await until('the curve', async () => /Dissolved oxygen/.test(await panel.locator('figcaption').innerText()));
  await page.getByTestId('sensor-chart').locator('canvas').waitFor();
  await keepPicture(page, 'buoy_night_en');
  // A ship takes the place of the buoy in the dock, and the other way round.
  assert.match(page.url(), /buoy=R01/);
});
