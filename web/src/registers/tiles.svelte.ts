// SPDX-License-Identifier: Apache-2.0
// Numbers of the registers, as this person may see them: fetched when they are looked at, and again
// some time after somebody has changed a record.
import { api } from '$/api/client';
import type { Tile } from '$/api/types';
import { language, t } from '$/i18n/index.svelte';
import { integer, kAbsentText, unitText } from '$/i18n/units';
import { onNews, onReady } from '$/state/live.svelte';
import { registerOf } from '$/state/registers.svelte';

const kAfterNewsMs = 2000; // many changes are asked for once

export class Tiles {
  items = $state.raw<Tile[]>([]);
  loaded = $state(false);
  error = $state.raw<unknown>(null);

  follow(): () => void {
    void this.load();
    let pause: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      clearTimeout(pause);
      pause = setTimeout(() => void this.load(), kAfterNewsMs);
    };
    const ends = [
      onNews.listen((news) => {
        if (news.resource === 'registers' || registerOf(news.resource)) again();
      }),
      onReady.listen(again),
    ];
    return () => {
      clearTimeout(pause);
      ends.forEach((end) => end());
    };
  }
  async load(): Promise<void> {
    try {
      this.items = (await api.get('/tiles')).items;
      this.error = null;
      this.loaded = true;
    } catch (error) {
      this.error = error;
    }
  }
}

/** In Chinese amounts are read in ten thousands and hundred millions. */
function moneyText(yuan: number): string {
  const [scale, unit]: [number, string] = language.now !== 'zh' || Math.abs(yuan) < 10_000 ? [1, t('unit.yuan')] : Math.abs(yuan) < 1e8 ? [1e4, t('tile.ten_thousand')] : [1e8, t('tile.hundred_million')];
  return `${(yuan / scale).toLocaleString(language.now === 'zh' ? 'zh-CN' : 'en-GB', { maximumFractionDigits: 2 })} ${unit}`;
}

export function tileText(tile: Tile, value: number | null | undefined): string {
  if (value === null || value === undefined) return kAbsentText;
  if (tile.money) return moneyText(value);
  const number = tile.of === 'average' ? integer(Math.round(value * 10) / 10) : integer(value);
  return tile.unit && tile.of !== 'count' ? `${number} ${unitText(tile.unit)}` : number;
}

/** By how much more or less than the same part of the period before; empty without one. */
export function changeText(tile: Tile): string {
  if (tile.previous === undefined || tile.value === null) return '';
  const by = tile.value - tile.previous;
  if (by === 0) return t('tile.same');
  return t(by > 0 ? 'tile.more' : 'tile.less', { n: tileText(tile, Math.abs(by)) });
}

/** Members of the address of the list that shows these records. */
export function tileQuery(tile: Tile, name: string): Record<string, string> {
  const out: Record<string, string> = {};
  if (tile.list.cql) [out.cql, out.as] = [tile.list.cql, name];
  if (tile.list.clock) out['f.clock'] = tile.list.clock;
  return out;
}
