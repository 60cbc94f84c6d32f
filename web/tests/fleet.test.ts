// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { Fleet, latitude, longitude, mercatorX, mercatorY } from '../src/stream/fleet';
import { readHead, Strings } from '../src/stream/frame';
import { stringsFrame, vesselsFrame, type VesselRow } from './support';

const kDegree = 6_000_000;

function apply(fleet: Fleet, rows: VesselRow[], strings = new Strings(), baseTime = 0): void {
  const buffer = vesselsFrame(rows, 1, 0, baseTime);
  fleet.apply(buffer, readHead(buffer), strings);
}

test('a vessel is read with its names; absent speed and course stay absent', () => {
  const strings = new Strings();
  const names = stringsFrame([[1, '演练渔0001'], [2, 'mmsi:412000001'], [3, 'rongcheng']]);
  strings.read(names, readHead(names));
  const fleet = new Fleet();
  apply(fleet, [{ handle: 5, dt: -1500, lat: 37 * kDegree, lon: 122.5 * kDegree, sog: 853, kind: 1, flags: 8, name: 1, track: 2, district: 3, length: 245 }], strings, 1_000_000);
  expect(fleet.find(5)).toEqual({
    handle: 5, time: 998_500, lat: 37, lon: 122.5, sog: 8.53, cog: null, heading: null, kind: 1, flags: 8, source: 1,
    lengthM: 24.5, navStatus: null, name: '演练渔0001', track: 'mmsi:412000001', record: '', district: 'rongcheng',
  });
});

test('mercator goes there and back', () => {
  for (const [lat, lon] of [[37.3935, 122.7567], [-33.9, 18.4], [0, -179.999]] as const) {
    expect(latitude(mercatorY(lat))).toBeCloseTo(lat, 9);
    expect(longitude(mercatorX(lon))).toBeCloseTo(lon, 9);
  }
});

test('random adding, moving and removing keeps every vessel findable and nothing else', () => {
  const fleet = new Fleet();
  const truth = new Map<number, number>();
  let seed = 7;
  const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  for (let round = 0; round < 4000; ++round) {
    const handle = random(3000);
    if (random(3) === 0) {
      fleet.remove(handle);
      truth.delete(handle);
    } else {
      const lat = random(80) * kDegree;
      apply(fleet, [{ handle, lat, lon: 0 }]);
      truth.set(handle, lat / kDegree);
    }
  }
  expect(fleet.count).toBe(truth.size);
  for (const [handle, lat] of truth) expect(fleet.find(handle)?.lat).toBe(lat);
  for (let slot = 0; slot < fleet.count; ++slot) expect(fleet.y[slot]).toBe(mercatorY(fleet.at(slot).lat));
});

test('a snapshot drops the vessels that it does not name', () => {
  const fleet = new Fleet();
  apply(fleet, [{ handle: 1, lat: 0, lon: 0 }, { handle: 2, lat: 0, lon: 0 }, { handle: 3, lat: 0, lon: 0 }]);
  fleet.beginSnapshot();
  apply(fleet, [{ handle: 2, lat: 1, lon: 0 }]);
  fleet.endSnapshot();
  expect([fleet.count, fleet.find(1), fleet.find(2)?.handle]).toEqual([1, null, 2]);
});

test('the dirty slots cover what changed since the map drew', () => {
  const fleet = new Fleet();
  apply(fleet, Array.from({ length: 10 }, (_, handle) => ({ handle, lat: 0, lon: 0 })));
  expect([fleet.dirtyFrom, fleet.dirtyTo]).toEqual([0, 10]);
  fleet.drawn();
  apply(fleet, [{ handle: 4, lat: 1, lon: 1 }, { handle: 7, lat: 1, lon: 1 }]);
  expect([fleet.dirtyFrom, fleet.dirtyTo]).toEqual([4, 8]);
  fleet.remove(7);
  expect([fleet.dirtyFrom, fleet.dirtyTo]).toEqual([4, 8]);
  for (let handle = 0; handle < 10; ++handle) fleet.remove(handle);
  expect([fleet.count, fleet.dirtyFrom, fleet.dirtyTo]).toEqual([0, 0, 0]);
});

test('the nearest shown vessel within the radius is picked', () => {
  const fleet = new Fleet();
  apply(fleet, [{ handle: 1, lat: 37 * kDegree, lon: 122 * kDegree }, { handle: 2, lat: 37 * kDegree, lon: 123 * kDegree }]);
  const x = mercatorX(122.6);
  const y = mercatorY(37);
  expect(fleet.handle[fleet.nearest(x, y, 1, () => true)]).toBe(2);
  expect(fleet.handle[fleet.nearest(x, y, 1, (slot) => fleet.handle[slot] !== 2)]).toBe(1);
  expect(fleet.nearest(x, y, 0.0001, () => true)).toBe(-1);
});
