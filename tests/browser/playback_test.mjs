// SPDX-License-Identifier: Apache-2.0
// The past played back: of the drill, and of a real log of the US Coast Guard that was replayed into
// a folder (../shared/data/ais/nmea; skipped without it). What the map shows at an instant is what
// the API answers for it, ships are elsewhere at another one, and while it plays each position that
// is drawn was received.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { drillPassword, keepPicture, newPage, pause, removeFolder, root, runProgram, Server, signIn, startBrowser, temporaryFolder, until, writeFile } from './support.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
});

const iso = (ms) => new Date(ms).toISOString();
/** track -> [lat, lon] of what the map draws. */
const drawn = (page) => page.evaluate(() => {
  const { fleet } = window.__jinglue.chart.state;
  return Object.fromEntries([...Array(fleet.count).keys()].map((slot) => [fleet.track[slot], [fleet.at(slot).lat, fleet.at(slot).lon]]));
});
/** track -> [lat, lon] of the API's picture. */
const answered = (page, at) => page.evaluate(async (time) => {
  const picture = await (await fetch(`/api/v1/picture?at=${time}`)).json();
  return Object.fromEntries(picture.tracks.map((track, i) => [track, [picture.columns.lat[i], picture.columns.lon[i]]]));
}, at);
const near = (a, b) => Math.abs(a[0] - b[0]) < 2e-6 && Math.abs(a[1] - b[1]) < 2e-6;
/** Tracks that are at another place. */
const moved = (a, b) => Object.keys(a).filter((track) => b[track] && !near(a[track], b[track]));

async function showAt(page, server, at, more = '') {
  await page.goto(`${server.address}/situation?t=${at.replace('.000Z', 'Z')}${more}`);
  await page.getByTestId('shell').waitFor();
  await until('the picture of that time', async () => Object.keys(await drawn(page)).length > 0);
  await until('it is whole', async () => !(await page.getByTestId('timeline-time').innerText()).includes('正在加载'));
}

/** What the map draws at `at` is what the API says. */
async function expectAsAnswered(page, at) {
  const [map, api] = [await drawn(page), await answered(page, at)];
  assert.deepEqual(Object.keys(map).sort(), Object.keys(api).sort());
  for (const [track, place] of Object.entries(map)) assert.ok(near(place, api[track]), `${track}: ${place} is drawn, ${api[track]} answered`);
  return map;
}

/** Plays until ships have moved, and looks for every new place among the positions of its track. */
async function expectPlayed(page, speed, span) {
  const before = await drawn(page);
  await page.locator('.timeline select').first().selectOption({ label: `${speed}×` });
  await page.keyboard.press(' ');
  await until('ships that move', async () => moved(before, await drawn(page)).length >= 3, 60_000);
  await page.keyboard.press(' ');
  const after = await drawn(page);
  const ships = moved(before, after);
  for (const track of ships.slice(0, 12)) {
    const heard = await page.evaluate(async ([name, from, to]) => {
      const reply = await fetch(`/api/v1/tracks/${encodeURIComponent(name)}/positions?from=${from}&to=${to}&limit=100000`);
      const { columns } = await reply.json();
      return columns.lat.map((lat, i) => [lat, columns.lon[i]]);
    }, [track, span.from, span.to]);
    assert.ok(heard.some((place) => near(place, after[track])), `${track} is drawn at ${after[track]}, where it never was`);
  }
  return ships.length;
}

describe('the past of the drill', () => {
  let server;
  let page;
  const folder = temporaryFolder();
  before(async () => {
    server = await Server.start(['--drill', join(root, 'drills/weihai_moratorium.toml'), '--speed', '200'], folder);
    page = await newPage(browser);
    await signIn(page, server.address, 'duty', drillPassword('duty'));
  }, { timeout: 90_000 });
  after(async () => {
    await server?.stop();
    removeFolder(folder);
  });

  test('ships move when it is scrubbed to two times, and when it is played', { timeout: 240_000 }, async () => {
    const clock = () => page.evaluate(async () => Date.parse((await (await fetch('/api/v1/clock')).json()).now));
    const begun = await clock();
    await until('forty minutes of the drill', async () => (await clock()) - begun > 2_400_000, 120_000);
    const first = Math.round(begun / 1000) * 1000 + 600_000;
    await showAt(page, server, iso(first));
    const one = await expectAsAnswered(page, iso(first));
    assert.ok(Object.keys(one).length > 100, 'a fleet');
    // Ten minutes on by the keyboard, as a person does it.
    await page.keyboard.press('Shift+ArrowRight');
    const shownTime = () => Date.parse(new URL(page.url()).searchParams.get('t') ?? '');
    await until('the later time', () => shownTime() === first + 600_000);
    await until('the later picture', async () => moved(one, await drawn(page)).length > 20);
    const two = await expectAsAnswered(page, iso(first + 600_000));
    assert.ok(moved(one, two).length > 20, `${moved(one, two).length} ships moved in ten minutes`);
    await keepPicture(page, 'playback_drill');
    const count = await expectPlayed(page, 60, { from: iso(first), to: iso(first + 3_600_000) });
    assert.ok(count >= 3);
    assert.deepEqual(page.faults, []);
  });
});

const log = join(root, '../shared/data/ais/nmea/openskipper_uscg_suffix_2006_part1.nmea.gz');
describe('a real log', { skip: existsSync(log) ? false : `there is no ${log}` }, () => {
  let server;
  let page;
  const folder = temporaryFolder();
  before(async () => {
    const config = join(folder, 'station.toml');
    writeFile(config, `[[input]]\nname = "uscg"\nkind = "file"\nfile = "${log}"\nspeed = 0\n`);
    await runProgram(['user', 'add', 'duty', '--role', 'duty_officer', '--display', '值班员', '--data', join(folder, 'data'), '--share', root], 'Coast-Guard-2006\nCoast-Guard-2006\n');
    server = await Server.start(['--config', config], folder);
    page = await newPage(browser);
    await signIn(page, server.address, 'duty', 'Coast-Guard-2006');
  }, { timeout: 90_000 });
  after(async () => {
    await server?.stop();
    removeFolder(folder);
  });

  test('plays back as it was received', { timeout: 180_000 }, async () => {
    // 2006-11-15T17:47:35Z to 17:48:20Z, off the coasts of the United States.
    const [first, second] = [Date.UTC(2006, 10, 15, 17, 47, 40), Date.UTC(2006, 10, 15, 17, 48, 15)].map(iso);
    await until('the log in the archive', async () => Object.keys(await answered(page, second)).length > 500, 60_000);
    await showAt(page, server, first, '&c=38,-97&z=3.4');
    const one = await expectAsAnswered(page, first);
    await showAt(page, server, second, '&c=38,-97&z=3.4');
    const two = await expectAsAnswered(page, second);
    assert.ok(moved(one, two).length > 50, `${moved(one, two).length} ships moved in 35 s`);
    await pause(1500);  // the coast is drawn after the ships
    await keepPicture(page, 'playback_uscg');
    await showAt(page, server, first, '&c=38,-97&z=3.4');
    const count = await expectPlayed(page, 10, { from: iso(Date.parse(first) - 60_000), to: iso(Date.parse(second) + 60_000) });
    assert.ok(count >= 3);
    assert.deepEqual(page.faults, []);
  });
});
