// SPDX-License-Identifier: Apache-2.0
// Outputs as the System page edits and shows them: the form's values to a destination and back, and
// what a destination lets through, in words.
import type { Destination, Output } from '$/api/types';
import { t, tOr } from '$/i18n/index.svelte';
import { integer } from '$/i18n/units';
import { zoneName } from '$/state/rules.svelte';

/** What stands in the fields of the form: lists as they are typed. */
export interface Draft {
  name: string;
  recipient: string;
  purpose: string;
  kind: Destination['kind'];
  host: string;
  port: string;
  format: NonNullable<Destination['format']>;
  wrapping: NonNullable<Destination['wrapping']>;
  allowed: string;
  max_clients: string;
  topic: string;
  user: string;
  password_file: string;
  tls: boolean;
  ca_file: string;
  inputs: string[];
  types: string;
  mmsis: string;
  districts: string[];
  groups: string;
  area: 'none' | 'box' | 'zone';
  box: string;
  zone: string;
  class_a: boolean;
  thin_s: string;
  copies: boolean;
  withheld: boolean;
}

const listed = (text: string) => text.split(/[\s,，、;；]+/).filter((one) => one !== '');
const numbers = (text: string) => listed(text).map((one) => (/^-?\d+(\.\d+)?$/.test(one) ? Number(one) : Number.NaN));
const joined = (list?: readonly (string | number)[]) => (list ?? []).join(', ');

export function draftOf(output: Destination | null): Draft {
  const filter = output?.filter ?? {};
  return {
    name: output?.name ?? '', recipient: output?.recipient ?? '', purpose: output?.purpose ?? '',
    kind: output?.kind ?? 'udp', host: output?.host ?? '', port: output ? String(output.port) : '',
    format: output?.format ?? 'nmea', wrapping: output?.wrapping ?? 'as_received',
    allowed: joined(output?.allowed), max_clients: String(output?.max_clients ?? 8),
    topic: output?.mqtt?.topic ?? 'ais/{mmsi}', user: output?.mqtt?.user ?? '', password_file: output?.mqtt?.password_file ?? '',
    tls: output?.mqtt?.tls ?? true, ca_file: output?.mqtt?.ca_file ?? '',
    inputs: [...(filter.inputs ?? [])], types: joined(filter.types), mmsis: joined(filter.mmsis),
    districts: [...(filter.districts ?? [])], groups: joined(filter.groups),
    area: filter.bbox ? 'box' : filter.zone ? 'zone' : 'none', box: joined(filter.bbox), zone: filter.zone ?? '',
    class_a: filter.class_a ?? false, thin_s: filter.thin_s ? String(filter.thin_s) : '',
    copies: filter.copies ?? false, withheld: filter.withheld ?? false,
  };
}

/** NaN stands for what is no number: the server refuses it with the field's name (JSON has null). */
export function destinationOf(draft: Draft): Destination {
  const some = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list : undefined);
  const out: Destination = {
    name: draft.name.trim(), recipient: draft.recipient.trim(), purpose: draft.purpose.trim(),
    kind: draft.kind, host: draft.host.trim(), port: numbers(draft.port)[0] ?? 0, format: draft.format,
    filter: {
      inputs: some(draft.inputs), types: some(numbers(draft.types)), mmsis: some(numbers(draft.mmsis)),
      districts: some(draft.districts), groups: some(listed(draft.groups)),
      bbox: draft.area === 'box' ? numbers(draft.box) : undefined,
      zone: draft.area === 'zone' && draft.zone ? draft.zone : undefined,
      class_a: draft.class_a || undefined, thin_s: draft.thin_s.trim() ? (numbers(draft.thin_s)[0] ?? 0) : undefined,
      copies: draft.copies || undefined, withheld: draft.withheld || undefined,
    },
  };
  if (draft.kind === 'beidou_card') return { ...out, format: 'nmea', filter: {} };
  if (draft.format === 'nmea') out.wrapping = draft.wrapping;
  if (draft.kind === 'tcp_server') {
    out.allowed = listed(draft.allowed);
    out.max_clients = numbers(draft.max_clients)[0] ?? 0;
  }
  if (draft.kind === 'mqtt') {
    out.mqtt = { topic: draft.topic.trim(), tls: draft.tls };
    if (draft.user.trim()) out.mqtt.user = draft.user.trim();
    if (draft.password_file.trim()) out.mqtt.password_file = draft.password_file.trim();
    if (draft.ca_file.trim()) out.mqtt.ca_file = draft.ca_file.trim();
  }
  return out;
}

/** One short text per condition; empty when everything passes. */
export function conditions(output: Output): string[] {
  const filter = output.filter ?? {};
  const out: string[] = [];
  const list = (values: readonly (string | number)[], most = 4) =>
    values.length > most ? t('outputs.and_more', { list: values.slice(0, most).join(t('list.comma')), n: integer(values.length) }) : values.join(t('list.comma'));
  if (filter.inputs) out.push(t('outputs.says_inputs', { list: list(filter.inputs) }));
  if (filter.types) out.push(t('outputs.says_types', { list: list(filter.types, 8) }));
  if (filter.mmsis) out.push(t('outputs.says_mmsis', { list: list(filter.mmsis, 2) }));
  if (filter.districts) out.push(list(filter.districts.map((one) => tOr(`district.${one}`, one))));
  if (filter.groups) out.push(t('outputs.says_groups', { list: list(filter.groups) }));
  if (filter.bbox) out.push(t('outputs.says_box', { box: filter.bbox.join(t('list.comma')) }));
  if (filter.zone) out.push(t('outputs.says_zone', { zone: zoneName(filter.zone) }));
  if (filter.class_a) out.push(t('outputs.class_a'));
  if (filter.thin_s) out.push(t('outputs.says_thin', { n: filter.thin_s }));
  if (filter.copies) out.push(t('outputs.copies'));
  if (filter.withheld) out.push(t('outputs.withheld'));
  return out;
}

export const total = (by?: Record<string, number>) => Object.values(by ?? {}).reduce((sum, n) => sum + n, 0);
export const causes = (by?: Record<string, number>) => Object.entries(by ?? {}).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]);
