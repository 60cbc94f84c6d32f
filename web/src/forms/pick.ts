// SPDX-License-Identifier: Apache-2.0
// What a picker offers, and which of it goes with what is typed.
import type { Field } from '$/api/types';
import { words } from '$/i18n/index.svelte';

export interface Option {
  key: string;
  label: string;
  /** Beside the label: the key of a code, the account of a person. */
  note?: string;
  depth: number;
}

/** All words must be found, in the label, the note or the key. */
export function matching(options: Option[], text: string): Option[] {
  const wanted = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return options;
  return options.filter((option) => {
    const all = `${option.label} ${option.note ?? ''} ${option.key}`.toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

/** Codes of a classification, each below its class. */
export function codeOptions(field: Field): Option[] {
  const parents = field.codes?.parents ?? {};
  const depth = (key: string, level = 0): number => (parents[key] && level < 8 ? 1 + depth(parents[key], level + 1) : 0);
  return (field.choices ?? []).map((choice) => ({ key: choice.key, label: words(choice.name), note: choice.key, depth: depth(choice.key) }));
}
