// SPDX-License-Identifier: Apache-2.0
// A webhook as the settings take it (docs/format/webhooks.md): what is wrong with it, and its lines.
import type { Key } from '$/i18n/index.svelte';

export interface WebhookDraft {
  name: string;
  url: string;
  account: string;
  registers: string[];
}

const kOwn = ['127.0.0.1', 'localhost', '[::1]'];

/** By member of the draft; the server reads the settings with the same rules when it starts. */
export function webhookFaults(draft: WebhookDraft, taken: string[]): Partial<Record<keyof WebhookDraft, Key>> {
  const out: Partial<Record<keyof WebhookDraft, Key>> = {};
  if (!/^[a-z0-9._-]{1,64}$/.test(draft.name)) out.name = 'webhooks.bad_name';
  else if (taken.includes(draft.name)) out.name = 'webhooks.taken';
  const url = URL.canParse(draft.url) ? new URL(draft.url) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '') out.url = 'webhooks.bad_url';
  else if (url.protocol === 'http:' && !kOwn.includes(url.hostname)) out.url = 'webhooks.plain_url';
  if (draft.account === '') out.account = 'field.required';
  return out;
}

// JSON's strings are basic strings of TOML.
const quoted = (text: string) => JSON.stringify(text);

export function webhookLines(draft: WebhookDraft): string {
  const lines = ['[[webhook]]', `name = ${quoted(draft.name)}`, `url = ${quoted(draft.url)}`, `account = ${quoted(draft.account)}`, `secret_file = ${quoted(`${draft.name}.secret`)}`];
  if (draft.registers.length > 0) lines.push(`registers = [${draft.registers.map(quoted).join(', ')}]`);
  return `${lines.join('\n')}\n`;
}

/** 256 random bits in hexadecimal. */
export function newSecret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
