// SPDX-License-Identifier: Apache-2.0
// Buoys and sensor stations with what each measured last. Fetched when a page first wants them, when
// the stream says that one has spoken (at most once in kPauseMs), and after a break.
import { api } from '$/api/client';
import type { Sensor } from '$/api/types';
import { onNews, onReady } from './live.svelte';
import { may } from './session.svelte';

const kPauseMs = 2000;

export const sensors = $state({ all: [] as Sensor[], loaded: false, error: null as unknown });

let pause: ReturnType<typeof setTimeout> | undefined;
let again = false;

export async function loadSensors(): Promise<void> {
  try {
    sensors.all = (await api.get('/sensors')).items;
    sensors.error = null;
    sensors.loaded = true;
  } catch (problem) {
    sensors.error = problem;
  }
}

function wanted(): void {
  if (pause !== undefined) {
    again = true;
    return;
  }
  void loadSensors();
  pause = setTimeout(() => {
    pause = undefined;
    if (!again) return;
    again = false;
    wanted();
  }, kPauseMs);
}

/** While a page shows them. */
export function watchSensors(): () => void {
  if (!may('see_situation')) return () => {};
  wanted();
  const ends = [onNews.listen((news) => news.resource === 'sensors' && wanted()), onReady.listen(wanted)];
  return () => {
    for (const end of ends) end();
    clearTimeout(pause);
    pause = undefined;
    again = false;
  };
}
