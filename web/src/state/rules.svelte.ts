// SPDX-License-Identifier: Apache-2.0
// Rules and zones in force; fetched at start and when the stream says that a new pack is in force.
import { api } from '$/api/client';
import type { FeatureCollection, Rule, RuleDoubt, RuleGap } from '$/api/types';
import { tOr, words } from '$/i18n/index.svelte';
import { onNews } from './live.svelte';
import { failed } from './notes.svelte';
import { may } from './session.svelte';

export const pack = $state({
  revision: '',
  rules: [] as Rule[],
  /** Times for which no rule is held, and rules that a person must check: what `jinglue rules check` lists. */
  gaps: [] as RuleGap[],
  unverified: [] as RuleDoubt[],
});
/** Not proxied: it goes to the map as it is. */
let zoneData = $state.raw<FeatureCollection | null>(null);

export function zones(): FeatureCollection | null {
  return zoneData;
}

async function load(): Promise<void> {
  try {
    const [rules, features] = await Promise.all([
      may('see_findings') || may('see_system') ? api.get('/rules') : null,
      may('see_situation') || may('manage_outputs') ? api.get('/zones') : null,
    ]);
    pack.revision = rules?.revision ?? '';
    pack.rules = rules?.items ?? [];
    pack.gaps = rules?.gaps ?? [];
    pack.unverified = rules?.unverified ?? [];
    zoneData = features;
  } catch (error) {
    failed(error);
  }
}

export function startRules(): () => void {
  void load();
  return onNews.listen((news) => {
    if (news.resource === 'rules') void load();
  });
}

export function ruleName(id: string): string {
  const rule = pack.rules.find((one) => one.id === id);
  return words(rule?.name) || words(rule?.title) || tOr(`rule_name.${id}`, id);
}

/** A remark in brackets at the end ("drawn for the drill") is for the layer list, not for labels. */
export function shortName(name: string): string {
  return name.replace(/\s*[（(][^（）()]*[）)]$/, '') || name;
}

export function zoneKind(id: string): string {
  return String(zoneData?.features.find((zone) => zone.id === id)?.properties.kind ?? '');
}

export function zoneName(id: string | undefined): string {
  if (!id) return '';
  const feature = zoneData?.features.find((zone) => zone.id === id);
  const { name_zh, name_en } = (feature?.properties ?? {}) as { name_zh?: string; name_en?: string };
  return shortName(words({ zh: name_zh, en: name_en })) || id;
}
