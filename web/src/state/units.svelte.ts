// SPDX-License-Identifier: Apache-2.0
// The units of the authority and their districts: a tree with dated validity. Fetched once, and
// again when somebody changes the register of units.
import { api } from '$/api/client';
import type { Unit } from '$/api/types';
import { tOr, words } from '$/i18n/index.svelte';
import { onNews } from '$/state/live.svelte';

export const units = $state({ items: [] as Unit[], loaded: false });

async function load(): Promise<void> {
  try {
    units.items = (await api.get('/units')).items;
  } catch {
    // Keys stand in for names until the next change asks again.
  }
  units.loaded = true;
}

export function startUnits(): () => void {
  void load();
  const ends = onNews.listen((news) => {
    if (news.resource === 'organisation_unit') void load();
  });
  return () => {
    ends();
    units.items = [];
    units.loaded = false;
  };
}

/** The name that the unit had on that day; today's without one. */
export function unitName(key: string | null | undefined, day?: string): string {
  if (!key) return '';
  const unit = units.items.find((one) => one.key === key);
  if (!unit) return tOr(`district.${key}`, key);
  const former = day ? unit.former?.find((one) => day <= one.until) : undefined;
  return words((former ?? unit).name);
}

export function stands(unit: Unit, day: string): boolean {
  return (!unit.from || unit.from <= day) && (!unit.until || day <= unit.until);
}

export interface Leaf {
  unit: Unit;
  depth: number;
}

/** Those that stand on the day, each below the one above it. */
export function unitTree(items: Unit[], day: string, takes: (unit: Unit) => boolean): Leaf[] {
  const held = items.filter((unit) => stands(unit, day));
  const out: Leaf[] = [];
  const seen = new Set<string>();
  const add = (unit: Unit, depth: number): void => {
    if (seen.has(unit.key)) return;
    seen.add(unit.key);
    if (takes(unit)) out.push({ unit, depth });
    for (const below of held) if (below.parent === unit.key) add(below, depth + (takes(unit) ? 1 : 0));
  };
  for (const unit of held) if (!held.some((one) => one.key === unit.parent)) add(unit, 0);
  for (const unit of held) add(unit, 0);
  return out;
}
