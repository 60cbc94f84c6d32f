// SPDX-License-Identifier: Apache-2.0
// The view in the address, there and back; graticule, scale, shore lines; tables.
import { expect, test, vi } from 'vitest';

vi.mock('../src/map/chart', () => ({}));

import { csv, frozenOf, inOrder, moved, nextToGo, readOrder, sorted, writeOrder } from '../src/forms/table';
import { shoreLines } from '../src/map/coast';
import { everything, kAllKinds, passes, shows } from '../src/map/filter';
import { lineLabel, lines, scaleBar, stepMinutes } from '../src/map/graticule';
import { isVessel, kinds } from '../src/map/kinds';
import { Berths } from '../src/situation/berth';
import { namesDiffer, titleOf } from '../src/situation/terminal';
import { homeView, readFilter, readHidden, readMark, readView, writeFilter, writeHidden, writeView } from '../src/situation/view';
import { Fleet, Flag } from '../src/stream/fleet';
import { readHead, Strings } from '../src/stream/frame';
import { vesselsFrame } from './support';

function query(change: Record<string, string | null>): URLSearchParams {
  return new URLSearchParams(Object.entries(change).filter((pair): pair is [string, string] => pair[1] !== null));
}

test('centre and zoom survive the address; nonsense gives the home view', () => {
  const view = { lat: 37.1234, lon: 122.5678, zoom: 9.25 };
  expect(readView(query(writeView(view)))).toEqual(view);
  expect(readView(new URLSearchParams('c=x,y&z=99'))).toEqual(homeView);
  expect(readView(new URLSearchParams('c=91,200&z=99'))).toEqual({ lat: 85, lon: 180, zoom: homeView.zoom });
});

test('every filter survives the address', () => {
  const filters = [
    everything,
    { kinds: 0b10, berth: 1 as const, matched: 2 as const, finding: true, maxAgeS: 1800 },
    { kinds: 0, berth: 2 as const, matched: 1 as const, finding: false, maxAgeS: 86_400 },
  ];
  for (const filter of filters) expect(readFilter(query(writeFilter(filter)))).toEqual(filter);
  expect(Object.values(writeFilter(everything)).every((value) => value === null)).toBe(true);
});

test('hidden layers and a typed position survive the address', () => {
  const hidden = new Set(['graticule', 'legal'] as const);
  expect(readHidden(query(writeHidden(hidden)))).toEqual(hidden);
  expect(readMark(new URLSearchParams('mark=37.5,122.25'))).toEqual({ lat: 37.5, lon: 122.25 });
  expect(readMark(new URLSearchParams('mark=37.5'))).toBe(null);
});

test('a filter shows what it names', () => {
  const fleet = new Fleet();
  const rows = [
    { handle: 1, lat: 0, lon: 0, kind: 1, flags: Flag.atBerth | Flag.claimed },
    { handle: 2, lat: 0, lon: 0, kind: 5, flags: Flag.finding },
    { handle: 3, lat: 0, lon: 0, kind: 1, flags: 0, dt: -7_200_000 },
  ];
  const buffer = vesselsFrame(rows, 1, 0, 10_000_000);
  fleet.apply(buffer, readHead(buffer), new Strings());
  const shown = (change: object) => [0, 1, 2].filter((slot) => shows({ ...everything, ...change }, fleet, slot, 10_000_000)).map((slot) => fleet.handle[slot]);
  expect(shown({})).toEqual([1, 2, 3]);
  expect(shown({ kinds: 1 << 1 })).toEqual([1, 3]);
  expect(shown({ berth: 1 })).toEqual([2, 3]);
  expect(shown({ berth: 2 })).toEqual([1]);
  expect(shown({ matched: 1 })).toEqual([1]);
  expect(shown({ matched: 2 })).toEqual([2, 3]);
  expect(shown({ finding: true })).toEqual([2]);
  expect(shown({ maxAgeS: 3600 })).toEqual([1, 2]);
  expect(passes({ ...everything, kinds: 0 }, fleet, 0, 10_000_000)).toBe(true);
});

test('a net beacon or an aid to navigation is no unmatched vessel; a distress beacon stays', () => {
  const fleet = new Fleet();
  const rows = kinds.map((_, kind) => ({ handle: kind + 1, lat: 0, lon: 0, kind, flags: 0 }));
  const buffer = vesselsFrame(rows, 1, 0, 10_000_000);
  fleet.apply(buffer, readHead(buffer), new Strings());
  const unmatched = kinds.filter((_, slot) => shows({ ...everything, matched: 2 }, fleet, slot, 10_000_000)).map((kind) => kind.key);
  expect(kinds.map((kind) => kind.key).filter((key) => !unmatched.includes(key))).toEqual(['gear', 'aton', 'base_station', 'aircraft']);
  const number = (key: string) => kinds.findIndex((kind) => kind.key === key);
  expect(titleOf('', number('gear'), 'mmsi:979412011')).toBe('渔网示位标');
  expect(titleOf('NET-80%', number('gear'), 'mmsi:979412011')).toBe('NET-80%');
  expect(titleOf('', number('fishing'), 'mmsi:412000001')).toBe('MMSI 412000001');
  expect(isVessel(number('official'))).toBe(true);
  expect(isVessel(number('distress'))).toBe(false);
});

test('there is one look for each kind of the stream, each with its own outline or detail', () => {
  expect(kinds.length).toBe(15);
  expect(kAllKinds).toBe((1 << kinds.length) - 1);
  expect(new Set(kinds.map((kind) => kind.body + (kind.detail ?? ''))).size).toBe(kinds.length);
});

test('graticule lines are whole minutes with their side', () => {
  expect(stepMinutes(2, 6)).toBe(20);
  expect(lines(122.1, 122.9, 20)).toEqual([122 + 1 / 3, 122 + 2 / 3]);
  expect(lineLabel(122 + 1 / 3, 'E', 'W')).toBe('122°20′E');
  expect(lineLabel(-33, 'N', 'S')).toBe('33°S');
  expect(lineLabel(0, 'N', 'S')).toBe('0°');
  expect(lineLabel(181, 'E', 'W')).toBe('179°W');
});

test('the scale bar is a round number of miles and true at its latitude', () => {
  const { nm, px } = scaleBar(140, 60, 512 * 2 ** 9);
  expect([1, 2, 5, 10, 20, 50]).toContain(nm);
  expect(px).toBeLessThanOrEqual(140);
  expect(px / nm).toBeCloseTo((512 * 2 ** 9) / (21638.8 * 0.5), 3);
});

test('edges along the frame of the data are no shore', () => {
  const frame: [number, number][] = [[118, 126], [34, 40]];
  const ring: [number, number][] = [[118, 35], [119, 35.5], [120, 36], [118, 36], [118, 35]];
  expect(shoreLines(ring, frame)).toEqual([[[118, 35], [119, 35.5], [120, 36], [118, 36]]]);
  expect(shoreLines([[118, 34], [126, 34], [126, 40]], frame)).toEqual([]);
});

test('rows sort by number and by text, and the order survives the address', () => {
  const rows = [{ n: 10, t: '船2' }, { n: 9, t: '船10' }];
  const columns = [{ key: 'n', title: '', sort: (row: { n: number }) => row.n }, { key: 't', title: '', sort: (row: { t: string }) => row.t }];
  expect(sorted(rows, columns as never, { key: 'n', down: false }).map((row) => row.n)).toEqual([9, 10]);
  expect(sorted(rows, columns as never, { key: 't', down: false }).map((row) => row.t)).toEqual(['船2', '船10']);
  expect(readOrder(writeOrder({ key: 'begin', down: true }))).toEqual({ key: 'begin', down: true });
});

test('exported cells are quoted and never run as a formula', () => {
  expect(csv([['a,b', '=1+1', 'x"y', 5, null]])).toBe('\ufeff"a,b",\'=1+1,"x""y",5,\r\n');
});

test('a stated name in letters is compared with a Chinese one by its number only', () => {
  expect(namesDiffer('鲁荣渔61981', 'LU RONG YU 61981')).toBe(false);
  expect(namesDiffer('鲁荣渔61981', 'LURONGYU061981-2')).toBe(false);
  expect(namesDiffer('鲁荣渔61981', 'LU RONG YU 61982')).toBe(true);
  expect(namesDiffer('鲁荣渔61981', 'STAR')).toBe(false);
  expect(namesDiffer('鲁荣渔61981', '鲁荣渔61982')).toBe(true);
  expect(namesDiffer('STAR OF SEA', 'Star-of-Sea')).toBe(false);
  expect(namesDiffer('OCEANIC STAR OF THE SEA', 'OCEANIC STAR OF THE ')).toBe(false);
  expect(namesDiffer('STAR', 'MOON')).toBe(true);
  expect(namesDiffer('STAR', '')).toBe(false);
});

test('who lies at berth in the past: slow, in a basin or within thirty metres of one', () => {
  const square = (kind: string) => ({
    properties: { kind },
    geometry: { type: 'Polygon', coordinates: [[[122, 37], [122.01, 37], [122.01, 37.01], [122, 37.01], [122, 37]]] },
  });
  const berths = new Berths([square('berth')]);
  expect(berths.lies(37.005, 122.005, 0.2)).toBe(true);
  expect(berths.lies(37.005, 122.005, null)).toBe(true);
  expect(berths.lies(37.005, 122.005, 1.5)).toBe(false);
  // 28 m and 33 m north of its edge; 27 m and 36 m east of it.
  expect(berths.lies(37.01025, 122.005, 0)).toBe(true);
  expect(berths.lies(37.0103, 122.005, 0)).toBe(false);
  expect(berths.lies(37.005, 122.0103, 0)).toBe(true);
  expect(berths.lies(37.005, 122.0104, 0)).toBe(false);
  expect(new Berths([square('working')]).lies(37.005, 122.005, 0)).toBe(false);
});

test('without room the most spare column goes first, then the rightmost, never a fixed one', () => {
  let columns = [{ key: 'a', title: '', fixed: true }, { key: 'b', title: '' }, { key: 'c', title: '', spare: 2 }, { key: 'd', title: '' }];
  const order: string[] = [];
  for (let key = nextToGo(columns); key !== null; key = nextToGo(columns)) {
    order.push(key);
    columns = columns.filter((column) => column.key !== key);
  }
  expect(order).toEqual(['c', 'd', 'b']);
});

test('columns stand as the address says; what it does not know or leave out follows', () => {
  const columns = ['#', 'title', 'due', '#state'].map((key) => ({ key, title: key }));
  const keys = (text: string | null) => inOrder(columns, text).map((one) => one.key).join(' ');
  expect(keys(null)).toBe('# title due #state');
  expect(keys('due,gone,#')).toBe('due # title #state');
  expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a', 'b', 'c'], 'x', 1)).toEqual(['a', 'b', 'c']);
  expect(['2', '9', '0', '-1', 'x', '1.5', null].map(frozenOf)).toEqual([2, 4, 0, 0, 0, 0, 0]);
});
