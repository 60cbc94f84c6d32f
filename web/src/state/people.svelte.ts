// SPDX-License-Identifier: Apache-2.0
// Names to show for accounts. Fetched at start, and again when an account turns up that is not
// among them; until then, and for accounts that are gone, the account's name stands in.
import { SvelteMap } from 'svelte/reactivity';
import { api } from '$/api/client';
import { t } from '$/i18n/index.svelte';

const names = new SvelteMap<string, string>();
const asked = new Set<string>();
let asking = false;

async function load(): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    for (const one of (await api.get('/people')).items) names.set(one.name, one.display_name);
  } catch {
    // The accounts' names say enough until the next unknown one asks again.
  }
  asking = false;
}

export function startPeople(): () => void {
  void load();
  return () => {
    names.clear();
    asked.clear();
  };
}

/** Of a change that this page has just made. */
export function renamed(name: string, displayName: string): void {
  names.set(name, displayName);
}

export function personName(account: string | null | undefined): string {
  if (!account) return '';
  if (account === 'system') return t('actor.system');
  const known = names.get(account);
  if (known === undefined && names.size > 0 && !asked.has(account)) {
    asked.add(account);
    queueMicrotask(() => void load());
  }
  return known ?? account;
}

/** All accounts by their names, for a picker. */
export function accounts(): { name: string; display: string }[] {
  return [...names].map(([name, display]) => ({ name, display })).sort((a, b) => a.display.localeCompare(b.display, 'zh-CN'));
}

/** For a tooltip: which account, where the name does not say it. */
export function personTitle(account: string | null | undefined): string | undefined {
  if (!account || account === 'system' || personName(account) === account) return undefined;
  return t('actor.account', { name: account });
}
