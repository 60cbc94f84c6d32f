// SPDX-License-Identifier: Apache-2.0
// Texts of the screen in Chinese and English. t() takes a key of zh.json; both files hold the same
// keys (tests/texts.test.ts). Texts that the server sends come as {zh, en} and go through words().
import en from './en.json';
import { fill, type Args } from './format';
import zh from './zh.json';

export type Key = keyof typeof zh;
export type Language = 'zh' | 'en';
export interface Words {
  zh?: string;
  en?: string;
}

const texts: Record<Language, Record<Key, string>> = { zh, en };

export const language = $state({ now: 'zh' as Language });

export function setLanguage(next: Language): void {
  language.now = next;
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
}

export function t(key: Key, args?: Args): string {
  return fill(texts[language.now][key], args);
}

/** The text of a key that is only known at run time (a state or kind that a server named). */
export function tOr(key: string, fallback: string): string {
  return (texts[language.now] as Record<string, string>)[key] ?? fallback;
}

export function words(value: Words | string | null | undefined): string {
  if (!value) return '';
  if (typeof value === 'string') return value;
  return (language.now === 'zh' ? value.zh || value.en : value.en || value.zh) ?? '';
}
