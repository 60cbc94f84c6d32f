// SPDX-License-Identifier: Apache-2.0
// Definitions of the registers that this person may see: fetched at start, and again when an
// administrator enables or disables some. Disabled ones are among them for administrators only.
import { api } from '$/api/client';
import type { Field, Register } from '$/api/types';
import { words } from '$/i18n/index.svelte';
import { onNews } from './live.svelte';

export const registers = $state({
  items: [] as Register[],
  loaded: false,
  error: null as unknown,
});

export async function loadRegisters(): Promise<void> {
  try {
    registers.items = (await api.get('/registers')).items;
    registers.error = null;
  } catch (error) {
    registers.error = error;
  }
  registers.loaded = true;
}

export function startRegisters(): () => void {
  void loadRegisters();
  return onNews.listen((news) => {
    if (news.resource === 'registers') void loadRegisters();
  });
}

/** In use: a disabled one is known to administrators, and opened by nobody. */
export function isEnabled(id: string): boolean {
  return registerOf(id)?.enabled === true;
}
export function registerOf(id: string): Register | undefined {
  return registers.items.find((register) => register.id === id);
}
export function registerName(id: string): string {
  return words(registerOf(id)?.name) || id;
}
export function stateName(register: Register | undefined, key: string | undefined): string {
  return words(register?.states.find((state) => state.key === key)?.name) || key || '';
}
export function choiceName(field: Field | undefined, key: unknown): string {
  return words(field?.choices?.find((choice) => choice.key === key)?.name) || String(key ?? '');
}
