// SPDX-License-Identifier: Apache-2.0
// Vessels of the register that share a group, gear, home port or district: in the address, as a
// question, and by name.
import { choiceName, registerOf } from '$/state/registers.svelte';
import { words } from '$/i18n/index.svelte';

/** Parameter of the question -> field of the register. */
export const vesselSetFields = { group: 'groups', gear: 'gears', home_port: 'home_port', district: 'district' } as const;
export type VesselSetField = keyof typeof vesselSetFields;

export interface VesselSet {
  by: VesselSetField;
  value: string;
}

/** "group:VALUE". */
export function readVesselSet(text: string | null): VesselSet | null {
  const [, by, value] = /^(group|gear|home_port|district):(.+)$/.exec(text ?? '') ?? [];
  return by && value ? { by: by as VesselSetField, value } : null;
}
export function writeVesselSet(set: VesselSet | null): string | null {
  return set && `${set.by}:${set.value}`;
}

const field = (by: VesselSetField) => registerOf('vessel')?.fields.find((one) => one.key === vesselSetFields[by]);

export function fieldName(by: VesselSetField): string {
  return words(field(by)?.name) || by;
}
export function valueName(set: VesselSet): string {
  return choiceName(field(set.by), set.value);
}
/** What the register offers; of groups it offers nothing: people make them. */
export function choicesOf(by: VesselSetField): string[] {
  return field(by)?.choices?.map((one) => one.key) ?? [];
}
