// SPDX-License-Identifier: Apache-2.0
// The past on the screen: the track of a vessel, tails while time is scrubbed and played, who was in
// an area, density; each comes back with its address.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drillPassword, keepPicture, newPage, pause, removeFolder, root, Server, signIn, startBrowser, temporaryFolder, until, vessels } from './support.mjs';

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

test('the corners of an area are dragged, moved by keys, added and taken away, and all is undone', async () => {
  await open('?tab=who&area=122.4,37,122.7,37,122.7,37.3,122.4,37.3,122.3,37.15&c=37.15,122.5&z=9');
  const corners = page.getByTestId('area-corner');
  const area = () => new URL(page.url()).searchParams.get('area');
  const has = (count) => until(`${count} corners`, async () => (await corners.count()) === count && area().split(',').length === 2 * count);
  const drag = async (corner, dx, dy) => {
    // A page just opened still moves: the banner of the drill comes a little later.
    let box = await corner.boundingBox();
    await until('a corner at rest', async () => {
      const before = box;
      await pause(300);
      box = await corner.boundingBox();
      return box.x === before.x && box.y === before.y;
    });
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + dx, box.y + box.height / 2 + dy, { steps: 5 });
    await page.mouse.up();
  };
  await has(5);
  const first = area();
  await drag(corners.nth(1), 40, 30);
  await until('the dragged corner', () => area() !== first);
  const dragged = area().split(',').map(Number);
  const before = first.split(',').map(Number);
  assert.deepEqual([...dragged.slice(0, 2), ...dragged.slice(4)], [...before.slice(0, 2), ...before.slice(4)], 'the other corners stay');
  assert.ok(dragged[2] > before[2] && dragged[3] < before[3], 'to the south-east');
  await page.getByTestId('area-edge').first().click();
  await has(6);
  await keepPicture(page, 'area_edit');
  await corners.nth(1).press('Delete');
  await has(5);
  const five = area();
  for (let i = 0; i < 3; ++i) await corners.nth(0).press('Shift+ArrowUp');
  await until('the corner moved by keys', () => area() !== five);
  assert.ok(Number(area().split(',')[1]) > before[1], 'to the north');
  await page.getByTestId('who-row').first().waitFor();
  for (let i = 0; i < 4; ++i) await page.getByTestId('who-panel').getByRole('button', { name: '撤销', exact: true }).click();
  assert.equal(area(), first);
  // A rectangle stays one.
  await open('?tab=who&area=122.4,37,122.7,37.3&c=37.15,122.5&z=9');
  await until('four corners', async () => (await corners.count()) === 4);
  await drag(corners.nth(2), 30, -20);
  await until('the larger rectangle', () => area() !== '122.4,37,122.7,37.3');
  assert.equal(area().split(',').length, 4);
  assert.ok(area().startsWith('122.4,37,'), 'its opposite corner stays');
});

test('tails do not blink while they are asked anew', async () => {
  await open('?tail=1&c=37.18,122.42&z=9');
  await until('tails', () => inPage(() => window.__jinglue.chart.tails.vertices > 100));
  await inPage(() => {
    window.__least = Infinity;
    const watch = () => {
      window.__least = Math.min(window.__least, window.__jinglue.chart.tails.vertices);
      requestAnimationFrame(watch);
    };
    watch();
  });
  const asked = page.waitForResponse((reply) => reply.url().includes('/archive/positions'));
  await inPage(() => window.__jinglue.chart.map.jumpTo({ zoom: 6.5 }));
  await asked;
  await until('the tails of the larger view', () => inPage(() => new Promise((done) => setTimeout(() => done(window.__jinglue.chart.tails.vertices > 100), 1500))));
  assert.ok(await inPage(() => window.__least) > 100, 'what was drawn stayed until what replaces it was there');
});

test('density is shown with a legend, comes back with the address and goes', async () => {
  await open('?tab=density&lang=en&theme=night');
  await page.getByTestId('density-start').click();
  await page.getByTestId('density-legend').waitFor();
  assert.ok(await inPage(() => window.__jinglue.chart.density.shown));
  await keepPicture(page, 'density');
  await page.reload();
  await page.getByTestId('density-legend').waitFor();
  // Of a home port of the register, and of a group.
  await page.getByTestId('density-by').selectOption('home_port');
  await page.getByTestId('density-value').selectOption('shidao');
  await until('the home port in the address', () => page.url().includes('dg=home_port'));
  await until('its vessels', async () => /\d+ vessels of the register/.test(await page.getByTestId('density-panel').innerText()));
  await keepPicture(page, 'density_home_port');
  await page.getByTestId('density-by').selectOption('group');
  await page.getByTestId('density-value').selectOption('distant_water');
  await until('the group', async () => /[1-9]\d* vessels of the register/.test(await page.getByTestId('density-panel').innerText()) || (await page.getByText('No positions in this view').count()) > 0);
  await page.goto(page.url().replace('distant_water', 'nobody'));
  await page.getByText('The register has no such vessel').waitFor();
  await page.getByTestId('density-by').selectOption('');
  await page.getByTestId('density-clear').click();
  await until('no density', () => inPage(() => !window.__jinglue.chart.density.shown));
  await page.goto(`${server.address}/situation?lang=zh&theme=day`);
  assert.deepEqual(page.faults, []);
});
