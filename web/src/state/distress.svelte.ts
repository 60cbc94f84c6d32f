// SPDX-License-Identifier: Apache-2.0
// Distress beacons of the whole picture, also outside of the view that the stream is asked for: the
// counters of the stream tell that there is one or that one was heard again, and then they are
// fetched. What the beacon is stands in its number (ITU-R M.585: 970 AIS-SART, 972 person overboard,
// 974 EPIRB with AIS).
import { api } from '$/api/client';
import type { Vessel } from '$/api/types';
import { t } from '$/i18n/index.svelte';
import { fleet, live, now } from './live.svelte';
import { may } from './session.svelte';

/** A beacon that has been silent for a day is no call any more. */
const kOldMs = 86_400_000;
/** Beacons send bursts of eight; one request is enough for one. */
const kPauseMs = 3000;

let beacons = $state.raw<Vessel[]>([]);
let pause: ReturnType<typeof setTimeout> | undefined;

async function load(): Promise<void> {
  try {
    beacons = (await api.get('/vessels', { query: { kind: 'distress', limit: 100 } })).items;
  } catch {
    // The next signal asks again.
  }
}

/** The latest first, with the position of the stream where it has one. */
export function distressCalls(): Vessel[] {
  void live.tick;
  const time = now();
  return beacons
    .map((one) => {
      const seen = fleet.find(one.handle);
      return seen ? { ...one, fix: { ...one.fix, time: new Date(seen.time).toISOString(), lat: seen.lat, lon: seen.lon } } : one;
    })
    .filter((one) => time - Date.parse(one.fix.time) < kOldMs)
    .sort((a, b) => (a.fix.time < b.fix.time ? 1 : -1));
}

/** What it is and why it is at the top: "人员落水示位标（MMSI 972…）". */
export function distressReason(track: string): string {
  const number = track.replace(/^mmsi:/, '').slice(0, 3);
  return number === '972' ? t('distress.mob') : number === '970' ? t('distress.sart') : number === '974' ? t('distress.epirb') : t('distress.beacon');
}

export function startDistress(): () => void {
  if (!may('see_situation')) return () => {};
  let told = '';
  const end = $effect.root(() => {
    $effect(() => {
      const count = live.counters.get('distress') ?? 0;
      const last = live.counters.get('distress_last') ?? 0;
      const next = `${count} ${last}`;
      if (next === told) return;
      told = next;
      if (count === 0) beacons = [];
      else
        pause ??= setTimeout(() => {
          pause = undefined;
          void load();
        }, beacons.length === 0 ? 0 : kPauseMs);
    });
  });
  return () => {
    end();
    clearTimeout(pause);
    pause = undefined;
    beacons = [];
  };
}
