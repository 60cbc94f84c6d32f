// SPDX-License-Identifier: Apache-2.0
// Fields of a register under the headings of its definition.
import type { Field, Register } from '$/api/types';
import type { Words } from '$/i18n/index.svelte';

export interface Section {
  key: string;
  name: Words | null;
  fields: Field[];
}

/** Fields without a section come first, under no heading; a section without fields is left out. */
export function sectionsOf(register: Register, fields: Field[]): Section[] {
  return [{ key: '', name: null }, ...(register.sections ?? [])]
    .map((section) => ({ ...section, fields: fields.filter((field) => (field.section ?? '') === section.key) }))
    .filter((section) => section.fields.length > 0);
}
